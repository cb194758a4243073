import { open } from 'lmdb';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { aPartition, aRecord, NO_LIMIT } from '../harness/record.js';
import { temporaryDirectory } from '../harness/stores.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('the sweep of the embedded store', () => {
  /** Fills a store, advances the clock, runs one sweep and returns the number of entries in each table. */
  async function sizesAfter(
    clock: FakeClock,
    milliseconds: number,
    fill: (store: ReturnType<typeof openEmbeddedStore>) => Promise<unknown>,
  ) {
    const directory = await temporaryDirectory();
    const store = openEmbeddedStore({ directory: directory.path, clock });
    await fill(store);
    await store.close();
    clock.advance(milliseconds);
    const reopened = openEmbeddedStore({ directory: directory.path, clock });
    const expired = reopened.expired.collect(clock.now())[Symbol.asyncIterator]();
    while ((await expired.next()).done !== true);
    clock.advance(MINUTE);
    await reopened.close();
    const root = open({ path: directory.path, maxDbs: 32 });
    const sizes = Object.fromEntries(
      [...root.getKeys()].map((name) => [
        String(name),
        root.openDB({ name: String(name) }).getCount(),
      ]),
    );
    await root.close();
    await directory.remove();
    return sizes;
  }

  it('removes expired sessions and challenges in a sweep of the embedded store and keeps the others', async () => {
    const clock = createFakeClock();
    const partition = aPartition();
    const sizes = await sizesAfter(clock, MINUTE, async ({ sessions, challenges }) => {
      const expiring = aRecord(clock.now(), { expiresAt: clock.now() + MINUTE });
      await sessions.insert(partition, expiring, NO_LIMIT, clock.now());
      await sessions.insert(aPartition(), aRecord(clock.now()), NO_LIMIT, clock.now());
      const challenge = { issuedAt: clock.now(), expiresAt: clock.now() + MINUTE };
      await challenges.put('expiring', challenge, clock.now());
      const later = { ...challenge, expiresAt: clock.now() + 5 * MINUTE };
      await challenges.put('staying', later, clock.now());
    });
    expect(sizes).toMatchObject({
      sessions: 1,
      expiries: 1,
      'partition-expiries': 1,
      challenges: 1,
      'challenge-expiries': 1,
      revocations: 1,
      'revocation-times': 1,
    });
  });

  it('removes revocations after a day in a sweep of the embedded store', async () => {
    const clock = createFakeClock();
    const partition = aPartition();
    const sizes = await sizesAfter(clock, DAY, async ({ sessions }) => {
      for (let count = 0; count < 3; count += 1) {
        await sessions.insert(partition, aRecord(clock.now()), NO_LIMIT, clock.now());
      }
      await sessions.revoke(partition, 'all', 'LOGOUT_ALL', clock.now());
    });
    expect(sizes).toMatchObject({
      sessions: 0,
      expiries: 0,
      'partition-expiries': 0,
      revocations: 0,
      'revocation-times': 0,
    });
  });
});
