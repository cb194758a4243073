import { loadInOrder } from '../load/in-order.js';
import { loadWithWrk } from '../load/wrk.js';
import { flameGraph } from '../profile/flame-graph.js';
import { inspectable, profilerOf } from '../profile/inspector.js';
import { groupOf, placeOf, sharesOf } from '../profile/self-time.js';
import { inAnyOrder } from '../report/comparison.js';
import { keepFile } from '../report/results.js';
import { quantile } from '../report/statistics.js';
import { SESSION, requestTo, startAuthenticated } from '../service/graphql-request.js';
import { withServers } from './servers.js';
import { answers, ownSignIn } from './sign-in.js';

const ROUNDS = 3;
const WARM_UP_ROUNDS = 2;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const FUNCTIONS = 20;
/** Microseconds below which a group of all servers is put among the rest. */
const LEAST = 0.2;

const OURS_IN_GRAPHQL = 'this service, authenticated';
const OURS_IN_EXPRESS = 'this project in Express 5';
const OURS_IN_SIGN_IN = 'this service';

const BENCHES = [
  {
    title: `${SESSION} by POST`,
    ours: OURS_IN_GRAPHQL,
    file: 'flame-graph-graphql',
    peers: {
      'node:http, no GraphQL': { file: 'peers/session-check/node-http.js' },
      'Mercurius with JIT': { file: 'peers/graphql/mercurius.js', environment: { JIT: 'on' } },
      [OURS_IN_GRAPHQL]: { start: startAuthenticated },
    },
    loadOf: (server) => () => loadWithWrk(requestTo(server), { seconds: SECONDS }),
  },
  {
    title: 'GET / in Express 5 with a valid session',
    ours: OURS_IN_EXPRESS,
    file: 'flame-graph-express',
    peers: {
      'Express 5, nothing checked': { file: 'peers/session-check/express.js' },
      [OURS_IN_EXPRESS]: { file: 'service/express.js' },
    },
    loadOf: (server) => () => loadWithWrk(server, { seconds: SECONDS }),
  },
  {
    title: 'A sign-in: message and signature verified, session started',
    ours: OURS_IN_SIGN_IN,
    file: 'flame-graph-sign-in',
    peers: { [OURS_IN_SIGN_IN]: { start: ownSignIn.start } },
    prepare: ({ url }) => answers(ownSignIn, url),
    loadOf:
      ({ url }) =>
      (requests) =>
        loadInOrder(url, requests, { accepts: ownSignIn.accepts }),
  },
];

/** Sampled by V8 while the server is under load; what the sampling itself costs is in it. */
export const profile = {
  name: 'profile',
  title: 'Where the time of a request goes, sampled under load',
  async run() {
    const tables = [];
    for (const bench of BENCHES) tables.push(...(await profileAll(bench)));
    return tables;
  },
};

async function profileAll({ title, ours, file, peers, prepare, loadOf }) {
  const inspected = {};
  for (const [name, peer] of Object.entries(peers)) {
    inspected[name] = await inspectable();
    peers[name] = withEnvironment(peer, inspected[name].environment);
  }
  return withServers(peers, async (servers) => {
    const subjects = servers.map(({ name, server }) => ({
      name,
      server,
      port: inspected[name].port,
      load: { prepare: () => prepare?.(server), run: loadOf(server) },
    }));
    const profiled = await profileByTurns(subjects);
    const [first] = profiled.get(ours);
    await keepFile(`${file}.svg`, flameGraph(first.profile, `${ours}: ${title}`));
    await keepFile(`${file}.cpuprofile`, JSON.stringify(first.profile));
    return [
      {
        title: `${title}: µs of a core by whose code it is`,
        picture: `${file}.svg`,
        ...byGroup(profiled),
      },
      {
        title: `${title}, ${ours}: the functions that take most`,
        ...byFunction(profiled.get(ours)),
      },
    ];
  });
}

const withEnvironment = (peer, environment) =>
  peer.start === undefined
    ? { ...peer, environment: { ...peer.environment, ...environment } }
    : { start: (redisUrl) => peer.start(redisUrl, environment) };

/** For each server its rounds of `{ profile, microseconds }`: the profile, and what a request cost meanwhile. */
async function profileByTurns(subjects) {
  for (const { load } of subjects) {
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await load.run(await load.prepare());
  }
  const profiled = new Map();
  const profilers = new Map();
  for (const { name, port } of subjects) {
    profiled.set(name, []);
    profilers.set(name, await profilerOf(port));
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const subject of inAnyOrder(subjects)) {
      const { name } = subject;
      profiled.get(name).push(await profileOnce(subject, profilers.get(name)));
    }
  }
  for (const profiler of profilers.values()) profiler.close();
  return profiled;
}

async function profileOnce({ server, load }, profiler) {
  const prepared = await load.prepare();
  await profiler.start();
  const before = await server.cpuTime();
  const { requests, seconds } = await load.run(prepared);
  const after = await server.cpuTime();
  const profile = await profiler.stop();
  const used = after === undefined ? seconds : after - before;
  return { profile, microseconds: (used * 1e6) / requests };
}

/** By whose code: a column for each server. */
function byGroup(profiled) {
  const columns = [...profiled.values()].map((rounds) => microsecondsBy(rounds, groupOf));
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const most = (name) => Math.max(...columns.map((column) => column.get(name) ?? 0));
  const shown = names.filter((name) => most(name) >= LEAST).sort((a, b) => most(b) - most(a));
  const rest = names.filter((name) => !shown.includes(name));
  const sum = (column, of) => of.reduce((total, name) => total + (column.get(name) ?? 0), 0);
  return {
    unit: 'µs',
    columns: [...profiled.keys()],
    lines: [
      ...shown.map((name) => ({ name, values: columns.map((column) => column.get(name) ?? 0) })),
      { name: 'the rest', values: columns.map((column) => sum(column, rest)) },
      { name: 'in all', values: columns.map((column) => sum(column, names)) },
    ],
  };
}

function byFunction(rounds) {
  const functions = [...microsecondsBy(rounds, placeOf)].sort(([, a], [, b]) => b - a);
  return {
    unit: 'µs',
    columns: ['in itself'],
    lines: functions.slice(0, FUNCTIONS).map(([name, value]) => ({ name, values: [value] })),
  };
}

/** The median of the rounds for each name. */
function microsecondsBy(rounds, nameOf) {
  const shares = rounds.map((round) => sharesOf(round.profile, nameOf));
  const names = new Set(shares.flatMap((each) => [...each.keys()]));
  const timesOf = (name) =>
    rounds.map(({ microseconds }, round) => (shares[round].get(name) ?? 0) * microseconds);
  return new Map([...names].map((name) => [name, quantile(timesOf(name), 0.5)]));
}
