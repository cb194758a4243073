import { setTimeout as pause } from 'node:timers/promises';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { createRedisConnector } from '../../src/stores/redis/connect.js';
import { createDeadlines } from '../../src/stores/redis/deadlines.js';
import { scripts } from '../../src/stores/redis/generated/scripts.js';
import { script } from '../../src/stores/redis/script.js';
import { hashNonce, newNonce } from '../../src/sign-in/challenge.js';
import { CurrentSessionDocument, RefreshDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { createFakeClock } from '../harness/clock.js';
import { eventually } from '../harness/eventually.js';
import { aFrailRedis, type FrailRedis } from '../harness/frail-redis.js';
import { aPartition, aRecord, aRotation, idsOf, NO_LIMIT, plain } from '../harness/record.js';
import { startTestService } from '../harness/service.js';

const GRACE = 30_000;
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const COMMAND_TIMEOUT = 1000;

let redis: FrailRedis;
beforeEach(async () => {
  redis = await aFrailRedis();
  await redis.start();
});
afterEach(async () => {
  await redis.thaw();
  await redis.remove();
});

/**
 * Lets Redis go on once the deadline of all that was refused has passed. A connection that owed something before
 * is given up earlier, and what was sent over it last with it: that may still be executed in time.
 */
async function goOnTooLate(): Promise<void> {
  await pause(COMMAND_TIMEOUT);
  await redis.thaw();
}

/** Resolves when Redis has refused so many scripts because they came too late. */
function refusedAsLate(count: number): Promise<void> {
  return redis.administer((client) =>
    eventually(async () => {
      const said = await client.info('errorstats');
      if (!said.includes(`errorstat_LATE:count=${count}`)) throw new Error(said);
    }),
  );
}

describe('a refresh that reaches a Redis which stands still for longer than the grace time', () => {
  it('is not executed when Redis goes on: its repetition gets tokens and is no reuse', async () => {
    const clock = createFakeClock();
    const service = await startTestService(
      'Redis',
      { REDIS_URL: redis.url, REDIS_COMMAND_TIMEOUT: `${COMMAND_TIMEOUT}ms` },
      clock,
    );
    const { session, refreshToken } = await signIn(service.url);
    const client = apiClient(service.url);

    await redis.freeze();
    expect(await refusalOf(client, RefreshDocument, { refreshToken })).toBe('SERVICE_UNAVAILABLE');
    clock.advance(GRACE);
    await goOnTooLate();
    await refusedAsLate(1);

    const { refresh } = await eventually(() => client.request(RefreshDocument, { refreshToken }));
    expect(refresh.session.id).toBe(session.id);
    const again = apiClient(service.url, refresh.accessToken);
    expect((await again.request(CurrentSessionDocument)).session?.id).toBe(session.id);
    await service.stop();
  });
});

describe('what reaches a Redis that stands still, and was answered SERVICE_UNAVAILABLE,', () => {
  const now = Date.now();
  const hour = now - (now % HOUR);
  let store: OpenStore;
  beforeEach(async () => {
    store = await openRedisStore({ url: redis.url, commandTimeout: COMMAND_TIMEOUT });
  });
  afterEach(() => store.close());

  it('has changed nothing when Redis goes on, unless it ends a session', async () => {
    const { sessions, challenges, statistics } = store;
    const partition = aPartition();
    const [kept, ended, added] = [aRecord(now), aRecord(now), aRecord(now)];
    const nonce = hashNonce(newNonce());
    const challenge = { issuedAt: now, expiresAt: now + DAY };
    await sessions.insert(partition, kept, NO_LIMIT, now);
    await sessions.insert(partition, ended, NO_LIMIT, now);
    await challenges.put(nonce, challenge, now);

    await redis.freeze();
    const changes = [
      sessions.insert(partition, added, { max: 2, whenFull: 'end-next-to-expire' }, now),
      sessions.rotate(partition, kept.id, aRotation(kept), now),
      sessions.touch(partition, kept.id, Buffer.from('late'), kept.authenticatedAt),
      sessions.reauthenticate(partition, kept.id, Buffer.from('late'), now + 1),
      challenges.take(nonce),
      statistics.add(hour, new Map([['late', 1]]), [partition], now),
    ];
    const revocation = sessions.revoke(partition, { these: [ended.id] }, 'LOGOUT', now);
    const outcomes = await Promise.allSettled([...changes, revocation]);
    expect(outcomes).toEqual(
      Array(changes.length + 1).fill({
        status: 'rejected',
        reason: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }) as unknown,
      }),
    );
    await goOnTooLate();
    await refusedAsLate(changes.length);

    await eventually(() => store.ping());
    // Of one connection Redis reads 16 KB at a time, and serves others in between: what came last may still be to come.
    await eventually(async () => {
      expect(idsOf(await sessions.list(partition, now))).toEqual([kept.id]);
    });
    expect(plain(await sessions.find(partition, kept.id))).toEqual(plain(kept));
    expect(await statistics.read([hour])).toEqual([new Map()]);
    expect(await challenges.take(nonce)).toEqual(challenge);
  });
});

describe('the clock of Redis', () => {
  it.each([
    ['years ahead', -1000 * DAY],
    ['years behind', 1000 * DAY],
  ])('may be %s of the one here, and step while the service runs', async (_where, differs) => {
    const client = createRedisConnector({ url: redis.url }, 2000).client('test');
    await client.connect();
    let here = differs;
    const deadlines = createDeadlines(client, 2000, () => here);
    const take = script<Buffer | null>(client, 'take', scripts.take, deadlines);
    await client.mset('one', 'first', 'other', 'second');
    expect(String(await take(['one']))).toBe('first');
    // For Redis, a day passes in no time.
    here -= DAY;
    expect(String(await take(['other']))).toBe('second');
    expect(await client.info('errorstats')).toContain('errorstat_LATE:count=1');
    client.disconnect();
  });
});
