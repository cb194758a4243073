import { single } from '../report/statistics.js';
import { openServices } from '../service/open.js';
import { populate } from '../service/population.js';
import { startCluster } from '../system/cluster.js';
import { startRedis } from '../system/redis.js';

const SESSIONS = 2000;
const PASSES = 50;
const SOURCE = { ipAddress: '2001:db8::1', userAgent: 'Mozilla/5.0' };
const QUIET = { SESSION_LAST_SEEN_INTERVAL: '1d' };
/** Round trips that read records. */
const READS = ['get', 'mget'];

/** Counted by Redis itself, not timed. */
export const nearCache = {
  name: 'near-cache',
  title: 'How often a validation asks Redis, counted by Redis (INFO commandstats)',
  run: async () => [
    await countAt('one-redis', 'one Redis', await startRedis(), {}),
    await countAt('cluster', 'a Redis Cluster of three masters', await startCluster(), {
      REDIS_CLUSTER: 'true',
    }),
  ],
};

async function countAt(id, title, redis, environment) {
  const open = () => openServices(redis.url, { ...QUIET, ...environment });
  const [there, here] = [await open(), await open()];
  try {
    const grants = await populate(there.sessions, { count: SESSIONS, kept: SESSIONS });
    const measures = [];
    const count = async (name, validations, act, { goal, names } = {}) => {
      const before = await redis.commands(names);
      await act();
      const commands = (await redis.commands(names)) - before;
      const unit = names === undefined ? 'commands each' : 'reads each';
      measures.push({ name, ...single(commands / validations), unit, ...(goal && { goal }) });
    };
    const [alone, together] = [grants.slice(0, SESSIONS / 2), grants.slice(SESSIONS / 2)];
    await count('not in memory, one at a time', alone.length, () => inTurn(here, alone), {
      names: READS,
      goal: '1',
    });
    await count(
      'not in memory, 50 in one turn of the event loop',
      together.length,
      () => atOnce(here, together, 50),
      { names: READS },
    );
    await count(
      'in memory, proofs of the near-cache included',
      PASSES * SESSIONS,
      async () => {
        for (let pass = 0; pass < PASSES; pass += 1) await inTurn(here, grants);
      },
      { goal: '0' },
    );
    const { hits, misses } = here.sessions.nearCache();
    measures.push({
      name: `validations answered from memory, of ${(hits + misses).toLocaleString('en-US')}`,
      ...single((100 * hits) / (hits + misses)),
      unit: '%',
    });
    return { id, title, measures };
  } finally {
    await here.close();
    await there.close();
    await redis.stop();
  }
}

async function inTurn(services, grants) {
  for (const grant of grants) await validate(services, grant);
}

async function atOnce(services, grants, size) {
  for (let start = 0; start < grants.length; start += size) {
    await Promise.all(grants.slice(start, start + size).map((grant) => validate(services, grant)));
  }
}

async function validate({ sessions }, { accessToken }) {
  if ((await sessions.validate(accessToken, SOURCE)) === undefined) throw new Error('No session.');
}
