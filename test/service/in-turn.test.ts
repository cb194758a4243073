import { runInTurn } from '../../src/service/in-turn.js';

describe('the steps of a stop', () => {
  it('run in turn, each also if earlier ones have failed', async () => {
    const ran: string[] = [];
    const fails = new Error('The disk is full.');
    const failures = await runInTurn([
      async () => {
        await Promise.resolve();
        ran.push('first');
      },
      () => {
        ran.push('second');
        throw fails;
      },
      () => {
        ran.push('third');
        return Promise.reject(fails);
      },
      () => Promise.resolve(ran.push('fourth')),
    ]);
    expect(ran).toEqual(['first', 'second', 'third', 'fourth']);
    expect(failures).toEqual([fails, fails]);
  });
});
