import { createRequire } from 'node:module';
import { credentialOf } from '../../dist/http/credential.js';
import { isCachedToken, cacheToken } from '../../dist/near-cache/near-cache.js';
import { createBatchedRead } from '../../dist/stores/redis/connection/reads.js';
import { spreadOf } from '../report/statistics.js';
import { openServices } from '../service/open.js';
import { populate } from '../service/population.js';
import { startRedis } from '../system/redis.js';

/** That of the service: what is installed for the benchmarks is of the version that a peer wants. */
const { Redis } = createRequire(new URL('../../package.json', import.meta.url))('ioredis');

const ROUNDS = 6;
const MILLISECONDS = 300;
const SESSIONS = 1000;
const AT_ONCE = 50;
const SOURCE = { ipAddress: '2001:db8::1', userAgent: 'Mozilla/5.0' };
/** The loops let no proof of the near-cache come through while they run. */
const QUIET = { SESSION_LAST_SEEN_INTERVAL: '1d', NEAR_CACHE_BOUND: '1h' };

/** What a validation is made of, each step in a loop of its own in this process. */
export const validation = {
  name: 'validation',
  title: 'What validating a session is made of, in this process, without HTTP',
  async run() {
    const redis = await startRedis();
    const services = await openServices(redis.url, QUIET);
    try {
      const grants = await populate(services.sessions, { count: SESSIONS, kept: SESSIONS });
      return [
        {
          title: 'a session that is in memory, µs of a core',
          measures: await measureAll(await stepsOf(services, grants), 'µs'),
        },
        {
          title: `records of sessions read on one connection, ${AT_ONCE} at a time, µs of the asking core`,
          measures: await measureAll(await readingsOf(redis), 'µs'),
        },
      ];
    } finally {
      await services.close();
      await redis.stop();
    }
  },
};

async function stepsOf({ sessions }, grants) {
  const tokens = grants.map(({ accessToken }) => accessToken);
  const requests = tokens.map((token) => ({ headers: { authorization: `Bearer ${token}` } }));
  while (sessions.nearCache().hits < SESSIONS) {
    for (const token of tokens) await sessions.validate(token, SOURCE);
  }
  const kept = tokens.map(cacheToken);
  const ofEach = (items, act) => () => {
    items.forEach(act);
    return items.length;
  };
  return {
    'reading the bearer token from its header': ofEach(requests, credentialOf),
    'comparing the token with the one kept': ofEach(tokens, (token, index) => {
      if (!isCachedToken(kept[index], token)) throw new Error('Not the same.');
    }),
    'validating, all of it': ofEach(requests, (request) => {
      const session = sessions.validate(credentialOf(request), SOURCE);
      if (session === undefined || session instanceof Promise) throw new Error('Not in memory.');
    }),
  };
}

async function readingsOf({ url }) {
  const client = new Redis(url);
  const pipelining = new Redis(url, { enableAutoPipelining: true });
  const names = await client.keys('*:session:*');
  const reader = createBatchedRead((asked) => client.mgetBuffer(asked));
  const ofEach = (read) => async () => {
    for (let start = 0; start < names.length; start += AT_ONCE) {
      await Promise.all(names.slice(start, start + AT_ONCE).map(read));
    }
    return names.length;
  };
  return {
    'a GET each': ofEach((name) => client.getBuffer(name)),
    'a GET each, pipelined by ioredis': ofEach((name) => pipelining.getBuffer(name)),
    'one MGET in a turn of the event loop, as the store does': ofEach(reader),
    close() {
      client.disconnect();
      pipelining.disconnect();
    },
  };
}

/** By turns, several rounds; the first one only warms up. */
async function measureAll({ close, ...acts }, unit) {
  const rounds = new Map(Object.keys(acts).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, act] of Object.entries(acts)) {
      const cost = await costOf(act);
      if (round > 0) rounds.get(name).push(cost);
    }
  }
  close?.();
  return [...rounds].map(([name, costs]) => ({ name, ...spreadOf(costs), unit }));
}

/** Microseconds of a core for one. */
async function costOf(act) {
  const before = process.cpuUsage();
  const end = performance.now() + MILLISECONDS;
  let count = 0;
  while (performance.now() < end) count += await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
