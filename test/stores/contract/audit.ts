import { aPartition } from '../../harness/record.js';
import type { StoreUnderTest } from '../contract.js';

const DAY = 24 * 60 * 60_000;

export function describeAudit({ clock, store, elsewhere }: StoreUnderTest): void {
  /** Begins as real entries do: with its time. */
  const entry = (name: string, at = clock.now()) =>
    Buffer.from(`${String(at).padStart(13, '0')}${name}`);
  const nameOf = (sealed: Uint8Array) => Buffer.from(sealed).toString().slice(13);
  const append = (
    partition: ReturnType<typeof aPartition>,
    list: 'history' | 'attempts',
    name: string,
    most = 5,
  ) =>
    store().audit.appendToWallet(
      partition,
      list,
      entry(name),
      { most, age: 30 * DAY },
      clock.now(),
    );
  const read = async (partition: ReturnType<typeof aPartition>) =>
    (await elsewhere().audit.readWallet(partition)).map(nameOf).sort();

  describe('keeps audit entries', () => {
    it('of a wallet, the newest ones, for all instances', async () => {
      const [partition, other] = [aPartition(), aPartition()];
      for (const name of ['1', '2', '3', '4', '5', '6', '7']) {
        await append(partition, 'history', name);
      }
      await append(other, 'history', 'another’s');
      expect(await read(partition)).toEqual(['3', '4', '5', '6', '7']);
      expect(await read(other)).toEqual(['another’s']);
    });

    it('of attempts apart, so that they drive out nothing but each other', async () => {
      const partition = aPartition();
      await append(partition, 'history', 'signed in');
      for (let count = 0; count < 50; count += 1) {
        await append(partition, 'attempts', `attempt ${count}`, 2);
      }
      expect(await read(partition)).toEqual(['attempt 48', 'attempt 49', 'signed in']);
    });

    it('of attempts only where the wallet has a history', async () => {
      const partition = aPartition();
      await append(partition, 'attempts', 'attempt');
      expect(await read(partition)).toEqual([]);
    });

    it('of everybody, in pages, newest first', async () => {
      const retention = { most: 1_000_000, age: 30 * DAY };
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        await store().audit.append(entry(name), retention, clock.now());
      }
      const one = await elsewhere().audit.read(2);
      expect(one.map(({ sealed }) => nameOf(sealed))).toEqual(['e', 'd']);
      const two = await elsewhere().audit.read(3, one[1]?.cursor);
      expect(two.map(({ sealed }) => nameOf(sealed))).toEqual(['c', 'b', 'a']);
      await expect(elsewhere().audit.read(1, 'no cursor')).rejects.toThrow(RangeError);
    });

    it('of everybody, no more than roughly as many as it may', async () => {
      const retention = { most: 10, age: 30 * DAY };
      for (let count = 0; count < 500; count += 1) {
        await store().audit.append(entry(`${count}`), retention, clock.now());
      }
      const kept = await elsewhere().audit.read(1000);
      expect(kept.length).toBeLessThanOrEqual(200);
      expect(kept.slice(0, 10).map(({ sealed }) => nameOf(sealed))).toEqual([
        '499',
        '498',
        '497',
        '496',
        '495',
        '494',
        '493',
        '492',
        '491',
        '490',
      ]);
    });

    it('no longer than it is told to', async () => {
      const partition = aPartition();
      await append(partition, 'history', 'old');
      clock.advance(29 * DAY);
      await append(partition, 'history', 'newer');
      expect(await read(partition)).toEqual(['newer', 'old']);
      clock.advance(DAY);
      await append(partition, 'history', 'newest');
      expect(await read(partition)).toEqual(['newer', 'newest']);
    });
  });
}
