import { spreadOf } from '../report/statistics.js';
import { openServices } from '../service/open.js';
import { populate } from '../service/population.js';
import { SERVER_CORE } from '../system/cores.js';
import { startRedis } from '../system/redis.js';

const ROUNDS = 5;
const SESSIONS = 2000;
const AT_ONCE = 50;
const SOURCE = { ipAddress: '2001:db8::1', userAgent: 'Mozilla/5.0' };
const WITHOUT_LAST_SEEN = { SESSION_LAST_SEEN_INTERVAL: '1d' };
const WITH_LAST_SEEN = { SESSION_LAST_SEEN_INTERVAL: '1s' };

/** What each step costs of a core of Redis and of a core of the process that asks: for `docs/scale.md`. */
export const unitCosts = {
  name: 'unit-costs',
  title: 'What each step of the lifecycle costs, without HTTP and GraphQL',
  async run() {
    const redis = await startRedis(SERVER_CORE);
    const costs = new Map();
    try {
      // The first round warms up.
      for (let round = 0; round <= ROUNDS; round += 1) {
        for (const [step, cost] of Object.entries(await costsOfARound(redis))) {
          if (round > 0) costs.set(step, [...(costs.get(step) ?? []), cost]);
        }
      }
    } finally {
      await redis.stop();
    }
    return ['redis', 'process'].map((where) => ({
      id: where,
      title: where === 'redis' ? 'in Redis' : 'in the process that asks',
      measures: [...costs].map(([step, rounds]) => ({
        name: step,
        ...spreadOf(rounds.map((cost) => cost[where])),
        unit: 'µs',
      })),
    }));
  },
};

async function costsOfARound(redis) {
  const costs = {};
  const measured = async (step, work) => (costs[step] = await costOf(redis, work));
  await redis.client.flushdb();

  const quiet = await openServices(redis.url, WITHOUT_LAST_SEEN);
  let grants;
  await measured('start a session', async () => {
    grants = await populate(quiet.sessions, { count: SESSIONS, kept: SESSIONS });
  });
  const forEach = (act) => () => inParallel(grants, act);
  await measured(
    'validate, not in memory',
    forEach(({ accessToken }) => quiet.sessions.validate(accessToken, SOURCE)),
  );
  await measured(
    'validate, in memory',
    forEach(({ accessToken }) => quiet.sessions.validate(accessToken, SOURCE)),
  );
  await measured(
    'list a wallet’s one session',
    forEach(({ session }) => quiet.sessions.list(session.wallet)),
  );

  // Its clock is further than the interval, so that each validation moves last-seen.
  const noting = await openServices(redis.url, WITH_LAST_SEEN, () => Date.now() + 1100);
  const both = await costOf(redis, async () => {
    await inParallel(grants, ({ accessToken }) => noting.sessions.validate(accessToken, SOURCE));
    await noting.sessions.lastSeen.flush();
  });
  const alone = costs['validate, not in memory'];
  costs['move last-seen'] = {
    redis: both.redis - alone.redis,
    process: both.process - alone.process,
  };
  await noting.close();

  await measured(
    'refresh',
    forEach(({ refreshToken }) => quiet.sessions.refresh(refreshToken, SOURCE)),
  );
  await measured(
    'end a session',
    forEach(({ session }) =>
      quiet.sessions.revoke({
        wallet: session.wallet,
        sessionId: session.id,
        reason: 'LOGOUT',
        source: SOURCE,
      }),
    ),
  );
  await quiet.close();
  return costs;
}

/** Microseconds of a core for one of the sessions. */
async function costOf(redis, work) {
  const [redisBefore, ownBefore] = [await redis.cpuTime(), process.cpuUsage()];
  await work();
  const own = process.cpuUsage(ownBefore);
  const redisSeconds = (await redis.cpuTime()) - redisBefore;
  return {
    redis: (redisSeconds * 1e6) / SESSIONS,
    process: (own.user + own.system) / SESSIONS,
  };
}

async function inParallel(grants, act) {
  for (let start = 0; start < grants.length; start += AT_ONCE) {
    await Promise.all(grants.slice(start, start + AT_ONCE).map(act));
  }
}
