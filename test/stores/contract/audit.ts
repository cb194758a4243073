import { EVERYBODYS_LISTS } from '../../../src/audit/store.js';
import { aPartition } from '../../harness/record.js';
import type { StoreUnderTest } from './store-under-test.js';

/** An entry that begins with its time, as real entries do. */
export function sealedEntry(at: number, name: string): Buffer {
  const time = Buffer.alloc(6);
  time.writeUIntBE(at, 0, 6);
  return Buffer.concat([time, Buffer.from(name)]);
}

const DAY = 24 * 60 * 60_000;

export function describeAudit({ clock, store, elsewhere }: StoreUnderTest): void {
  const entry = (name: string, at = clock.now()) => sealedEntry(at, name);
  const nameOf = (sealed: Uint8Array) => Buffer.from(sealed).toString('utf8', 6);
  const append = (
    partition: ReturnType<typeof aPartition>,
    list: 'history' | 'attempts',
    name: string,
    max = 5,
  ) =>
    store().audit.appendToWallet(partition, list, entry(name), { max, age: 30 * DAY }, clock.now());
  const read = async (partition: ReturnType<typeof aPartition>) =>
    (await elsewhere().audit.readWallet(partition)).map(nameOf).sort();

  describe('audit log', () => {
    it('keeps the newest audit entries of each wallet and shows them to every instance', async () => {
      const [partition, other] = [aPartition(), aPartition()];
      for (const name of ['1', '2', '3', '4', '5', '6', '7']) {
        await append(partition, 'history', name);
      }
      await append(other, 'history', 'another’s');
      expect(await read(partition)).toEqual(['3', '4', '5', '6', '7']);
      expect(await read(other)).toEqual(['another’s']);
    });

    it('keeps the attempts in an audit log separately, so that they evict only other attempts', async () => {
      const partition = aPartition();
      await append(partition, 'history', 'signed in');
      for (let count = 0; count < 50; count += 1) {
        await append(partition, 'attempts', `attempt ${count}`, 2);
      }
      expect(await read(partition)).toEqual(['attempt 48', 'attempt 49', 'signed in']);
    });

    it('records an attempt only for a wallet that has an audit history', async () => {
      const partition = aPartition();
      await append(partition, 'attempts', 'attempt');
      expect(await read(partition)).toEqual([]);
    });

    it('keeps only the newest of the audit entries that replace each other', async () => {
      const partition = aPartition();
      const replacing = (name: string, replaces: string) =>
        store().audit.appendToWallet(
          partition,
          'history',
          entry(replaces + name),
          { max: 10, age: 30 * DAY },
          clock.now(),
          { kind: Buffer.from(replaces), extends: false },
        );
      await append(partition, 'history', 'signed in');
      for (let count = 0; count < 50; count += 1) {
        await replacing(`refresh ${count}`, 'session1');
        await replacing(`refresh ${count}`, 'session2');
      }
      await append(partition, 'history', 'signed out');
      await replacing('refresh 50', 'session1');
      expect(await read(partition)).toEqual([
        'session1refresh 50',
        'session2refresh 49',
        'signed in',
        'signed out',
      ]);
    });

    it('lists the audit entries of all wallets in pages, newest first, and rejects an invalid cursor', async () => {
      const retention = { max: 1_000_000, age: 30 * DAY };
      const lists = ['history', 'attempts', 'activity', 'attempts', 'history'] as const;
      for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
        const list = lists[index] ?? 'history';
        await store().audit.append(list, entry(name), retention, clock.now());
      }
      const one = await elsewhere().audit.read(2);
      expect(one.map(({ sealed }) => nameOf(sealed))).toEqual(['e', 'd']);
      const two = await elsewhere().audit.read(3, one[1]?.cursor);
      expect(two.map(({ sealed }) => nameOf(sealed))).toEqual(['c', 'b', 'a']);
      await expect(elsewhere().audit.read(1, 'no cursor')).rejects.toThrow(RangeError);
    });

    it('lists the audit entries that follow a cursor in every list, oldest first, and rejects an invalid cursor', async () => {
      const retention = { max: 1_000_000, age: 30 * DAY };
      const lists = ['history', 'attempts', 'activity', 'attempts', 'history'] as const;
      await store().audit.append('history', entry('before'), retention, clock.now());
      const [newest] = await elsewhere().audit.read(1);
      expect(await elsewhere().audit.readAfter(10, newest?.cursor)).toEqual([]);
      for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
        const list = lists[index] ?? 'history';
        await store().audit.append(list, entry(name), retention, clock.now());
      }
      const one = await elsewhere().audit.readAfter(2, newest?.cursor);
      expect(one.map(({ sealed }) => nameOf(sealed))).toEqual(['a', 'b']);
      const two = await elsewhere().audit.readAfter(10, one[1]?.cursor);
      expect(two.map(({ sealed }) => nameOf(sealed))).toEqual(['c', 'd', 'e']);
      expect(await elsewhere().audit.readAfter(1)).toHaveLength(1);
      await expect(elsewhere().audit.readAfter(1, 'no cursor')).rejects.toThrow(RangeError);
    });

    it('keeps approximately the configured number of audit entries of all wallets', async () => {
      const retention = { max: 10, age: 30 * DAY };
      for (let count = 0; count < 500; count += 1) {
        await store().audit.append('history', entry(`${count}`), retention, clock.now());
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

    it('lists each audit entry exactly once on pages of any size while others are added to every list', async () => {
      const retention = { max: 1_000_000, age: 30 * DAY };
      /** In one turn: a store may write them together. */
      const add = (name: string) =>
        Promise.all(
          EVERYBODYS_LISTS.flatMap((list) =>
            ['one', 'two', 'three'].map((number) =>
              store().audit.append(
                list,
                entry(`${name}, ${number} in ${list}`),
                retention,
                clock.now(),
              ),
            ),
          ),
        );
      const [start] = await elsewhere().audit.read(1);
      for (let count = 0; count < 20; count += 1) await add(`paged ${count}`);
      for (const size of [1, 2, 7, 200]) {
        const found: string[] = [];
        let page = await elsewhere().audit.read(size);
        while (found.filter((name) => name.startsWith('paged')).length < 180) {
          expect(page.length).toBeGreaterThan(0);
          found.push(...page.map(({ sealed }) => nameOf(sealed)));
          if (found.length < 100) await add(`added while reading ${size}`);
          page = await elsewhere().audit.read(size, page.at(-1)?.cursor);
        }
        const paged = found.filter((name) => name.startsWith('paged'));
        expect(new Set(paged).size).toBe(180);
        expect(found.some((name) => name.includes(`while reading ${size}`))).toBe(false);
        const followed: string[] = [];
        let next = await elsewhere().audit.readAfter(size, start?.cursor);
        while (followed.length < 180) {
          expect(next.length).toBeGreaterThan(0);
          followed.push(...next.map(({ sealed }) => nameOf(sealed)));
          next = await elsewhere().audit.readAfter(size, next.at(-1)?.cursor);
        }
        expect(followed.slice(0, 180).reverse()).toEqual(paged);
      }
    });

    it('keeps approximately the configured number of audit entries that are added together', async () => {
      const retention = { max: 150, age: 30 * DAY };
      for (let turn = 0; turn < 20; turn += 1) {
        await Promise.all(
          Array.from({ length: 40 }, (_, count) =>
            store().audit.append('history', entry(`${turn} ${count}`), retention, clock.now()),
          ),
        );
      }
      // The other lists still have entries of other tests.
      const names = (await elsewhere().audit.read(5000))
        .map(({ sealed }) => nameOf(sealed))
        .filter((name) => /^\d+ \d+$|in history$/.test(name));
      expect(names.length).toBeGreaterThanOrEqual(150);
      expect(names.length).toBeLessThanOrEqual(290);
      expect(names[0]).toBe('19 39');
      expect(names[149]).toBe('16 10');
    });

    it('bounds each audit list of all wallets separately, so that attempts never push out other entries', async () => {
      const retention = { max: 20, age: 30 * DAY };
      await store().audit.append('history', entry('signed in'), retention, clock.now());
      await store().audit.append('activity', entry('refreshed'), retention, clock.now());
      for (let count = 0; count < 1000; count += 1) {
        await store().audit.append('attempts', entry(`tried ${count}`), retention, clock.now());
      }
      const names = (await elsewhere().audit.read(2000)).map(({ sealed }) => nameOf(sealed));
      expect(names).toEqual(expect.arrayContaining(['signed in', 'refreshed', 'tried 999']));
      expect(names).not.toContain('tried 0');
    });

    it('removes the audit entries of a wallet after the retention time', async () => {
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
