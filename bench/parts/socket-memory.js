import { memoryOf, inspectable } from '../profile/inspector.js';
import { single } from '../report/statistics.js';
import { openServices } from '../service/open.js';
import { populate } from '../service/population.js';
import { openSocket, openSockets, subscribeManyTimes } from '../service/socket.js';
import { askGraphQL, startService } from '../service/start.js';
import { freePort } from '../system/processes.js';
import { startRedis } from '../system/redis.js';

const IDLE = Number(process.env.BENCH_SOCKETS ?? 10_000);
const PER_SOCKET = 50;
const SOCKETS = 400;

/** Idle sockets are opened with one session each; those that subscribe as the wallets have sessions. */
const CROWDS = [
  { name: 'one wallet, 10 sessions', sessions: 10, perWallet: 10, sockets: SOCKETS },
  { name: '400 wallets, a session each', sessions: SOCKETS, perWallet: 1, sockets: SOCKETS },
];

export const socketMemory = {
  name: 'socket-memory',
  title: 'What a socket and a subscription take of the memory of an instance',
  run: async () => [
    {
      id: 'sockets',
      title: `${IDLE.toLocaleString('en-US')} idle sockets, each opened with a session of its own`,
      measures: await withService((service) => idleSockets(service)),
    },
    {
      id: 'subscriptions',
      title: `${(SOCKETS * PER_SOCKET).toLocaleString('en-US')} subscriptions to the ends of sessions, ${PER_SOCKET} on each of ${SOCKETS} sockets; the sockets are not counted`,
      measures: [
        ...(await withService((service) => subscriptions(service, CROWDS[0]))),
        ...(await withService((service) => subscriptions(service, CROWDS[1]))),
      ],
    },
  ],
};

async function withService(measure) {
  const redis = await startRedis();
  const { port, environment } = await inspectable();
  const metricsPort = await freePort();
  const server = await startService({
    redisUrl: redis.url,
    environment: { ...environment, METRICS_PORT: String(metricsPort) },
  });
  const services = await openServices(redis.url);
  const sockets = [];
  try {
    return await measure({
      server,
      port,
      services,
      sockets,
      standing: (count) => standing(metricsPort, count),
    });
  } finally {
    for (const socket of sockets) socket.terminate();
    await services.close();
    await server.stop();
    await redis.stop();
  }
}

/** Resolves when that many subscriptions stand. */
async function standing(metricsPort, count) {
  for (;;) {
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    const [, found] = /^wallet_sessions_subscriptions (\d+)$/m.exec(metrics);
    if (Number(found) === count) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The first socket is opened before: what it sets up for all is not part of what one costs. */
async function idleSockets({ server, port, services, sockets }) {
  const grants = await populate(services.sessions, { count: IDLE + 1, kept: IDLE + 1 });
  const [first, ...others] = grants.map(({ accessToken }) => accessToken);
  sockets.push(await openSocket(server.url, first));
  // Sessions that an instance has validated stay in its near-cache, with or without a socket.
  for (const token of others)
    await askGraphQL(server.url, '{ session { id } }', { accessToken: token });
  const before = await memoryOf(port);
  sockets.push(...(await openSockets(server.url, others)));
  return measuresOf('an idle socket', before, await memoryOf(port), IDLE, '≤ 10240');
}

async function subscriptions({ server, port, services, sockets, standing }, crowd) {
  const { name, sessions, perWallet, sockets: count } = crowd;
  const grants = await populate(services.sessions, { count: sessions, perWallet, kept: sessions });
  const tokens = Array.from(
    { length: count },
    (_none, index) => grants[index % sessions].accessToken,
  );
  sockets.push(...(await openSockets(server.url, tokens)));
  const extra = await openSocket(server.url, tokens[0]);
  sockets.push(extra);
  subscribeManyTimes(extra, 1);
  await standing(1);
  const before = await memoryOf(port);
  for (const [index, socket] of sockets.slice(0, count).entries()) {
    subscribeManyTimes(socket, PER_SOCKET);
    if (index % 20 === 0) await standing((index + 1) * PER_SOCKET + 1);
  }
  await standing(count * PER_SOCKET + 1);
  const after = await memoryOf(port);
  return measuresOf(`a subscription, ${name}`, before, after, count * PER_SOCKET, '≤ 4096');
}

function measuresOf(what, before, after, count, goal) {
  const each = (bytes) => ({ ...single(bytes / count), unit: 'bytes' });
  return [
    { name: what, ...each(after.used - before.used), goal },
    { name: `${what}: grown resident memory of the process`, ...each(after.rss - before.rss) },
  ];
}
