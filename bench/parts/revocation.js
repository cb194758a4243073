import { once } from 'node:events';
import { Pool } from 'undici';
import { quantile, spreadOf } from '../report/statistics.js';
import { openServices } from '../service/open.js';
import { populate } from '../service/population.js';
import { openSocket, subscribeToRevocations } from '../service/socket.js';
import { startService } from '../service/start.js';
import { startRedis } from '../system/redis.js';

const IDLE = Number(process.env.BENCH_SOCKETS ?? 10_000);
const ROUNDS = 3;
const REVOCATIONS = 300;
const WARM_UP = 50;
/** Sockets that are opened at once. */
const AT_ONCE = 100;

export const revocation = {
  name: 'revocation',
  title: 'From the answer of logout at one instance to its effects at another',
  async run() {
    const redis = await startRedis();
    const here = await startService({ redisUrl: redis.url });
    const there = await startService({ redisUrl: redis.url });
    const services = await openServices(redis.url);
    const idle = [];
    try {
      const alone = await measure(here, there, services);
      const grants = await populate(services.sessions, { count: IDLE, kept: IDLE });
      idle.push(...(await openIdle(there, grants)));
      const crowded = await measure(here, there, services);
      const open = idle.filter((socket) => socket.readyState === socket.OPEN).length;
      return [
        { id: 'alone', title: 'no other sockets', measures: alone },
        {
          id: 'idle-sockets',
          title: `${open} idle sockets of as many sessions at the other instance`,
          measures: crowded,
        },
      ];
    } finally {
      for (const socket of idle) socket.terminate();
      await services.close();
      await there.stop();
      await here.stop();
      await redis.stop();
    }
  },
};

async function openIdle({ url }, grants) {
  const sockets = [];
  for (let start = 0; start < grants.length; start += AT_ONCE) {
    const batch = grants.slice(start, start + AT_ONCE);
    sockets.push(...(await Promise.all(batch.map((grant) => openSocket(url, grant.accessToken)))));
  }
  return sockets;
}

/** Several rounds of revocations, one after the other; the first ones of all only warm up. */
async function measure(here, there, { sessions }) {
  const clients = { here: clientOf(here), there: clientOf(there) };
  const revoke = async () =>
    revokeOnce(clients, there, await populate(sessions, { count: 2, perWallet: 2 }));
  for (let count = 0; count < WARM_UP; count += 1) await revoke();
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const outcomes = [];
    for (let count = 0; count < REVOCATIONS; count += 1) outcomes.push(await revoke());
    rounds.push(outcomes);
  }
  for (const client of Object.values(clients)) await client.close();
  const delaysOf = (what) => rounds.map((outcomes) => outcomes.map(({ delays }) => delays[what]));
  return [
    ...measuresOf('refused', delaysOf('refusal')),
    ...measuresOf('event at a subscriber', delaysOf('event')),
    ...measuresOf('socket closed', delaysOf('close')),
    {
      name: `requests sent after the answer and let in, each ${REVOCATIONS} revocations`,
      ...spreadOf(rounds.map((outcomes) => outcomes.reduce((sum, { letIn }) => sum + letIn, 0))),
      unit: 'requests',
    },
  ];
}

/**
 * One session with a socket at the other instance, which also knows it from a request. A sibling ends
 * first: when that is heard, the subscription stands.
 */
async function revokeOnce(clients, there, [{ accessToken, session }, sibling]) {
  const socket = await openSocket(there.url, accessToken);
  const eventOf = subscribeToRevocations(socket);
  await clients.here.logout(sibling.accessToken);
  await eventOf(sibling.session.id);
  const event = eventOf(session.id);
  const closed = once(socket, 'close').then(() => performance.now());
  await clients.there.isLetIn(accessToken);
  await clients.there.isLetIn(accessToken);
  await clients.here.logout(accessToken);
  const answered = performance.now();
  let letIn = 0;
  while (await clients.there.isLetIn(accessToken)) letIn += 1;
  const refused = performance.now();
  return {
    letIn,
    delays: {
      refusal: refused - answered,
      event: (await event) - answered,
      close: (await closed) - answered,
    },
  };
}

function clientOf({ url }) {
  const pool = new Pool(new URL(url).origin, { connections: 1 });
  const ask = async (query, accessToken) => {
    const { body } = await pool.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = await body.json();
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
  return {
    isLetIn: async (token) => (await ask('{ session { id } }', token)).session !== null,
    logout: (token) => ask('mutation { logout { sessionId } }', token),
    close: () => pool.close(),
  };
}

/** The push may be there before the answer: such a delay is below nought. */
function measuresOf(what, rounds) {
  const measure = (name, q, goal) => ({
    name: `${what}, ${name}`,
    ...spreadOf(rounds.map((delays) => quantile(delays, q))),
    unit: 'ms',
    ...(goal !== undefined && { goal }),
  });
  return [measure('p50', 0.5), measure('p99', 0.99, '< 10'), measure('longest', 1)];
}
