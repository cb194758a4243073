import { setTimeout as pause } from 'node:timers/promises';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { createRedisConnector } from '../../src/stores/redis/connection/connector.js';
import { createDeadlines, defineGatheredScript } from '../../src/stores/redis/scripts/index.js';
import { hashNonce, newNonce } from '../../src/sign-in/challenge.js';
import { createCore } from '../../src/core/create-core.js';
import { NO_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import type { SessionStore } from '../../src/sessions/store.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../src/sign-in/policy.js';
import { CurrentSessionDocument, LogoutDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { createFakeClock } from '../harness/clock.js';
import { aKey } from '../harness/domain.js';
import { eventually } from '../harness/eventually.js';
import { aFrailRedis, type FrailRedis } from '../harness/frail-redis.js';
import { aPartition, aRecord, aRotation, idsOf, NO_LIMIT, plain } from '../harness/record.js';
import { startTestService } from '../harness/service.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

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
 * Resumes Redis after the deadlines of all refused commands have passed. A connection with an older unanswered
 * command is given up earlier, together with the commands that it sent last, which may still be in time.
 */
async function goOnTooLate(): Promise<void> {
  await pause(COMMAND_TIMEOUT);
  await redis.thaw();
}

/** Resolves when Redis has refused `count` scripts because they arrived too late. */
function refusedAsLate(count: number): Promise<void> {
  return redis.administer((client) =>
    eventually(async () => {
      const said = await client.info('errorstats');
      if (!said.includes(`errorstat_LATE:count=${count}`)) throw new Error(said);
    }),
  );
}

describe('a refresh that reaches Redis while it is frozen for longer than the grace period', () => {
  it('does not execute a refresh that reached a frozen Redis and timed out, so that its retry is not treated as reuse', async () => {
    const clock = createFakeClock();
    const store = await openRedisStore({ url: redis.url, commandTimeout: COMMAND_TIMEOUT });
    let freezes = false;
    /** Freezes Redis between the read of the session and the exchange of its tokens. */
    const sessions: SessionStore = {
      ...store.sessions,
      async find(partition, id) {
        const record = await store.sessions.find(partition, id);
        if (freezes) await redis.freeze();
        return record;
      },
    };
    const domain = createCore({
      store: { ...store, sessions },
      keys: [aKey('first')],
      clock,
      sessions: DEFAULT_SESSION_POLICY,
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
      rateLimits: NO_RATE_LIMITS,
      audit: () => undefined,
      report: () => undefined,
    });
    const { session, refreshToken } = await domain.sessions.create(
      { wallet: aWallet().account, chainId: 'eip155:1' },
      {},
    );

    freezes = true;
    await expect(domain.sessions.refresh(refreshToken, {})).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    freezes = false;
    clock.advance(GRACE);
    await goOnTooLate();
    await refusedAsLate(1);

    const grant = await eventually(() => domain.sessions.refresh(refreshToken, {}));
    expect(grant.session.id).toBe(session.id);
    expect((await domain.sessions.validate(grant.accessToken, {}))?.id).toBe(session.id);
    await domain.drain();
    await store.close();
  });
});

describe('a write that reaches a frozen Redis and is answered SERVICE_UNAVAILABLE', () => {
  const now = Date.now();
  const hour = now - (now % HOUR);
  let store: OpenStore;
  beforeEach(async () => {
    store = await openRedisStore({ url: redis.url, commandTimeout: COMMAND_TIMEOUT });
  });
  afterEach(() => store.close());

  it('executes no write that reached a frozen Redis and was answered SERVICE_UNAVAILABLE', async () => {
    const { sessions, challenges, statistics } = store;
    const partition = aPartition();
    const [kept, added] = [aRecord(now), aRecord(now)];
    const nonce = hashNonce(newNonce());
    const challenge = { issuedAt: now, expiresAt: now + DAY };
    await sessions.insert(partition, kept, NO_LIMIT, now);
    await challenges.put(nonce, challenge, now);

    await redis.freeze();
    const changes = [
      sessions.insert(partition, added, { max: 2, onLimit: 'evict-soonest-expiring' }, now),
      sessions.rotate(partition, kept.id, aRotation(kept), now),
      sessions.touch(partition, kept.id, Buffer.from('late'), kept.authenticatedAt),
      sessions.reauthenticate(
        partition,
        kept.id,
        Buffer.from('late'),
        kept.authenticatedAt,
        now + 1,
      ),
      challenges.take(nonce),
      statistics.add(hour, new Map([['late', 1]]), [partition], now),
    ];
    const outcomes = await Promise.allSettled(changes);
    expect(outcomes).toEqual(
      Array(changes.length).fill({
        status: 'rejected',
        reason: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }) as unknown,
      }),
    );
    await goOnTooLate();
    await refusedAsLate(changes.length);

    await eventually(() => store.ping());
    expect(idsOf(await sessions.list(partition, now))).toEqual([kept.id]);
    expect(plain(await sessions.find(partition, kept.id))).toEqual(plain(kept));
    expect(await statistics.read([hour])).toEqual([new Map()]);
    expect(await challenges.take(nonce)).toEqual(challenge);
  });
});

describe('a logout that is answered SERVICE_UNAVAILABLE because Redis is frozen', () => {
  it('ends a session when Redis is back, even if Redis lost the logout that was answered SERVICE_UNAVAILABLE', async () => {
    const service = await startTestService('Redis', {
      REDIS_URL: redis.url,
      REDIS_COMMAND_TIMEOUT: `${COMMAND_TIMEOUT}ms`,
      NEAR_CACHE_BOUND: '1min',
    });
    const [{ session, accessToken }, other] = [
      await signIn(service.url),
      await signIn(service.url),
    ];
    const client = apiClient(service.url, accessToken);
    // Keeps the session in memory, so that the logout is sent to Redis.
    await client.request(CurrentSessionDocument);

    await redis.freeze();
    expect(await refusalOf(client, LogoutDocument, {})).toBe('SERVICE_UNAVAILABLE');
    // What is in the buffers of a frozen process is lost with it.
    await redis.kill();
    await redis.start();

    await eventually(async () => {
      expect((await client.request(CurrentSessionDocument)).session).toBeNull();
    });
    const ended = service.log.filter((line) => line.includes('"session.revoked"'));
    expect(ended).toEqual([expect.stringContaining(session.id)]);
    const bystander = apiClient(service.url, other.accessToken);
    expect((await bystander.request(CurrentSessionDocument)).session?.id).toBe(other.session.id);
    await service.stop();
  });
});

describe('the clock of Redis', () => {
  it.each([
    ['years ahead of', -1000 * DAY],
    ['years behind', 1000 * DAY],
  ])(
    'works with a Redis clock that is %s the local clock, and after the local clock jumps',
    async (_where, differs) => {
      const client = createRedisConnector({ url: redis.url }, 2000).client('test');
      await client.connect();
      let here = differs;
      const deadlines = createDeadlines(client, 2000, () => here);
      const take = defineGatheredScript<Buffer | null>(client, 'take', deadlines);
      await client.mset('one', 'first', 'other', 'second');
      expect(String(await take(['one']))).toBe('first');
      // For Redis, a day has passed.
      here -= DAY;
      expect(String(await take(['other']))).toBe('second');
      expect(await client.info('errorstats')).toContain('errorstat_LATE:count=1');
      client.disconnect();
    },
  );
});
