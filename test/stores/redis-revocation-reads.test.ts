import { Redis } from 'ioredis';
import { createCore } from '../../src/core/create-core.js';
import { clockOf } from '../../src/clock.js';
import { partitionOf, type Partition } from '../../src/accounts/wallet.js';
import { MAX_WAITING, openRevocationStream } from '../../src/graphql/revocation-stream.js';
import { NO_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import type { Revocation } from '../../src/sessions/session.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../src/sign-in/policy.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { aKey } from '../harness/domain.js';
import { aPartition, aRecord, NO_LIMIT } from '../harness/record.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { ownPrefix, PATIENT_TIMEOUT, redisUrl } from '../harness/stores.js';
import { SOURCE } from '../harness/wallet-under-test.js';
import { aWallet } from '../harness/wallet.js';

/** A revocation as the list contains it. */
const LINE = /(?:^|\n)\d+-\d+ \S{20} [A-Z_]+ \d+(?=\n|$)/g;

describe('reads of the revocations of a wallet in Redis', () => {
  let store: OpenStore;
  beforeAll(async () => {
    store = await openRedisStore({
      url: redisUrl(),
      keyPrefix: ownPrefix(),
      commandTimeout: PATIENT_TIMEOUT,
    });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => store.close());

  async function end(partition: Partition, count: number, atOnce = 1): Promise<string[]> {
    const now = Date.now();
    const ids: string[] = [];
    for (let ended = 0; ended < count; ended += atOnce) {
      const records = Array.from({ length: Math.min(atOnce, count - ended) }, () => aRecord(now));
      for (const record of records) await store.sessions.insert(partition, record, NO_LIMIT, now);
      const these = records.map(({ id }) => id);
      const { ended: revocations } = await store.sessions.revoke(
        partition,
        { these },
        'LOGOUT',
        now,
      );
      ids.push(...revocations.map(({ sessionId }) => sessionId));
    }
    return ids;
  }

  /** Counts, from now on, the replies of Redis with revocations of its list, and the revocations in them. */
  function countReads() {
    const count = { replies: 0, revocations: 0 };
    const send = Redis.prototype.sendCommand;
    jest.spyOn(Redis.prototype, 'sendCommand').mockImplementation(function (this: Redis, ...args) {
      const reply = send.apply(this, args) as Promise<unknown>;
      reply.then(
        (value) => {
          const texts = [value]
            .flat(2)
            .filter((part) => typeof part === 'string' || Buffer.isBuffer(part));
          const found = texts.flatMap((text) => String(text).match(LINE) ?? []).length;
          if (found === 0) return;
          count.replies += 1;
          count.revocations += found;
        },
        () => undefined,
      );
      return reply;
    });
    return count;
  }

  async function subscriberTo(after: string, count: number, atOnce: number) {
    const { account: wallet } = aWallet();
    const core = createCore({
      store,
      keys: [aKey('first')],
      clock: clockOf(store),
      sessions: { ...DEFAULT_SESSION_POLICY, limit: 0 },
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
      rateLimits: NO_RATE_LIMITS,
      audit: () => undefined,
      report: () => undefined,
    });
    const { session } = await core.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE);
    const ids = await end(partitionOf(session), count, atOnce);
    const reads = countReads();
    const stream = await openRevocationStream({ ...core, session, source: SOURCE }, { after });
    const heard: Revocation[] = [];
    while (heard.length < count) heard.push((await stream.next()).value as Revocation);
    expect(heard.map(({ sessionId }) => sessionId)).toEqual(ids);
    await stream.return?.();
    await core.drain();
    return reads;
  }

  it.each([
    ['one by one', 1],
    ['ten at once', 10],
    ['500 at once', 500],
  ])(
    'reads each of a thousand revocations about once for a subscriber from 0-0, after sessions that ended %s',
    async (_how, atOnce) => {
      const count = 1000;
      const reads = await subscriberTo('0-0', count, atOnce);
      expect(reads.replies).toBeLessThan(count / MAX_WAITING + 5);
      // Each page shows whether there is another one, and the last 100 are read when the subscription begins.
      expect(reads.revocations).toBeLessThan(count + count / MAX_WAITING + 600);
    },
  );

  it('reads one revocation for a watcher of a channel that is up to date', async () => {
    const partition = aPartition();
    const [id] = (await end(partition, 300)).slice(-1);
    const heard: Revocation[] = [];
    const first = await store.revocations.watch(partition, (end) => heard.push(end), '0-0');
    expect(heard.at(-1)?.sessionId).toBe(id);
    const reads = countReads();
    const others = [];
    for (let other = 0; other < 10; other += 1) {
      others.push(await store.revocations.watch(partition, () => undefined));
      others.push(await store.revocations.watch(partition, () => undefined, heard.at(-1)?.cursor));
    }
    expect(reads.revocations).toBeLessThanOrEqual(20);
    for (const watch of [first, ...others]) watch.stop();
  });
});
