import type { ExpiredSession } from '../../src/lifecycle/expired-sessions.js';
import { EXPIRED_AT_ONCE } from '../../src/sessions/store.js';
import { createFakeClock } from '../harness/clock.js';
import { openTestStore, type TestStore } from '../harness/open-store.js';
import { aPartition, aRecord, NO_LIMIT } from '../harness/record.js';

/** More values than Lua's `unpack` can return. */
const MANY = 9000;
const MINUTE = 60_000;

describe('a wallet with thousands of expired sessions on the Redis store', () => {
  const clock = createFakeClock();
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore('Redis', clock);
  });
  afterAll(() => opened.close());

  async function aPartitionOfExpired() {
    const partition = aPartition();
    const expiresAt = clock.now() + MINUTE;
    await Promise.all(
      Array.from({ length: MANY }, () =>
        opened.store.sessions.insert(
          partition,
          aRecord(clock.now(), { expiresAt }),
          NO_LIMIT,
          clock.now(),
        ),
      ),
    );
    clock.advance(MINUTE);
    return partition;
  }

  it('inserts a session for a wallet with thousands of expired ones, of which it ends a bounded number', async () => {
    const partition = await aPartitionOfExpired();
    const record = aRecord(clock.now());
    const { sessions } = opened.store;
    const outcome = await sessions.insert(partition, record, NO_LIMIT, clock.now());
    expect(outcome).toMatchObject({ kind: 'inserted' });
    expect(outcome.ended).toHaveLength(EXPIRED_AT_ONCE);
    expect([...(await sessions.list(partition, clock.now()))]).toHaveLength(1);
  });

  it('collects thousands of expired sessions of one wallet in one sweep', async () => {
    const partition = await aPartitionOfExpired();
    const collected: ExpiredSession[] = [];
    clock.advance(MINUTE);
    for await (const batch of opened.store.expired.collect(clock.now())) collected.push(...batch);
    expect(collected.filter((one) => one.partition === partition)).toHaveLength(MANY);
  });
});
