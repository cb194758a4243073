import { gatherWrites } from '../../src/background/gather.js';

describe('gathered writes', () => {
  function aGatherer() {
    const calls: [key: string, items: readonly string[]][] = [];
    const write = gatherWrites<string>((key, items) => {
      calls.push([key, items]);
      return items.includes('bad') ? Promise.reject(new Error('refused')) : Promise.resolve();
    });
    return { calls, write };
  }

  it('writes the items of one task together by key, in their order', async () => {
    const { calls, write } = aGatherer();
    await Promise.all([write('a', '1'), write('b', '2'), write('a', '3')]);
    expect(calls).toEqual([
      ['a', ['1', '3']],
      ['b', ['2']],
    ]);
    await write('a', '4');
    expect(calls.at(-1)).toEqual(['a', ['4']]);
  });

  it('rejects every item of a group that could not be written, and no item of another group', async () => {
    const { write } = aGatherer();
    const outcomes = await Promise.allSettled([
      write('a', '1'),
      write('a', 'bad'),
      write('b', '2'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('bounds the number of items of one write', async () => {
    const { calls, write } = aGatherer();
    await Promise.all(Array.from({ length: 1201 }, (_, index) => write('a', String(index))));
    expect(calls.map(([, items]) => items.length)).toEqual([500, 500, 201]);
    expect(calls.flatMap(([, items]) => items)).toHaveLength(1201);
  });
});
