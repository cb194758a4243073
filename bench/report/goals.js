import { commands, measure, rate, ratio, ratioOfBoth } from './find-values.js';

/**
 * The goals of this project, in the order of the table. `valueIn` finds the latest measurement in the parts. `atLeast` and
 * `atMost` are the bounds; a value without bounds is reported and not judged.
 */
const GOALS = [
  {
    name: 'Express 5 with a session check / without',
    atLeast: 0.97,
    valueIn: ratio(
      'session-check',
      'check-alone',
      'this project in Express 5',
      'Express 5, nothing checked',
    ),
  },
  {
    name: 'Express 5 with a session check / another route of the same process, without',
    valueIn: ratio(
      'session-check',
      'check-alone',
      'this project in Express 5',
      'this project in Express 5, where nothing is checked',
    ),
  },
  {
    name: 'GET /auth for a session in memory / node:http with the same response headers, without a check',
    atLeast: 0.9,
    valueIn: ratio(
      'any-server',
      'service',
      'GET /auth of this service',
      'node:http with the same response headers, nothing checked',
    ),
  },
  {
    name: 'GET /auth for a session in memory / node:http without response headers, without a check',
    valueIn: ratio(
      'any-server',
      'service',
      'GET /auth of this service',
      'node:http without response headers, nothing checked',
    ),
  },
  {
    name: 'POST /introspect for a session in memory',
    atLeast: 20_000,
    valueIn: rate('any-server', 'service', 'POST /introspect of this service'),
  },
  ...['Fastify 5', 'Hono on Node.js'].map((framework) => ({
    name: `${framework} with a session check / without`,
    atLeast: 0.95,
    valueIn: ratio(
      'any-server',
      framework.split(' ')[0].toLowerCase(),
      `this project in ${framework.replace(' on Node.js', '')}`,
      `${framework}, nothing checked`,
    ),
  })),
  ...['express-session + connect-redis', 'Better Auth with Redis'].map((what) => ({
    name: `Express 5 with a session check by ${what} / without`,
    valueIn: ratio('session-check', 'peers', `${what} in Express 5`, 'Express 5, nothing checked'),
  })),
  ...Object.entries({ typename: '{ __typename }', session: '{ session { id } }' }).map(
    ([id, query]) => ({
      name: `${query} over GraphQL with a session / without, at the same server`,
      // Without a session, the answer of the other query is null.
      ...(id === 'typename' && { atLeast: 0.95 }),
      valueIn: ratio('graphql', id, 'authenticated', 'anonymous'),
    }),
  ),
  ...Object.entries({
    'Apollo Server 5 on node:http': 1,
    Mercurius: 1,
    'Mercurius with JIT': 1.1,
    'node:http, no GraphQL': 0.7,
  }).map(([peer, atLeast]) => ({
    name: `{ session { id } } with a session / ${peer}, without a session check`,
    atLeast,
    valueIn: ratio('graphql', 'peers', 'this service, authenticated', peer),
  })),
  {
    name: '{ session { id } } with a proof of a key (DPoP) / with a bearer token',
    atLeast: 0.4,
    valueIn: ratio('key-binding', 'session', 'a proof of a key', 'a bearer token'),
  },
  {
    name: 'verifying the signature of a proof of a key with node:crypto, without anything else',
    valueIn: measure(
      'key-binding',
      'verification',
      'verifying an ES256 signature with node:crypto',
    ),
  },
  {
    name: '{ session { id } } with 10,000 random sessions / with one',
    valueIn: ratio('variety', 'sessions', '10,000 sessions by chance', 'one session'),
  },
  ...['this project', 'express-session + connect-redis'].map((what) => ({
    name: `Express 5 with 10,000 random sessions, checked by ${what} / with one`,
    valueIn: ratio(
      'variety',
      'sessions-in-express',
      `${what}, 10,000 sessions by chance`,
      `${what}, one session`,
    ),
  })),
  {
    name: 'a query with different variables each time / with the same',
    valueIn: ratio('variety', 'variables', 'other ones each time', 'the same each time'),
  },
  ...['its documentId', 'its hash, as an automatic persisted query'].map((what) => ({
    name: `a document requested by ${what} / by its text`,
    valueIn: ratio('variety', 'documents', what, 'its text'),
  })),
  ...Object.entries({
    'siwe + express-session + connect-redis': 8,
    'Better Auth with its SIWE plugin and Redis': 10,
  }).flatMap(([peer, atLeast]) => [
    {
      name: `signing in, challenge and answer / ${peer}`,
      atLeast,
      valueIn: ratioOfBoth('sign-in', ['challenge', 'answer'], 'this service', peer),
    },
    {
      name: `answering a challenge / ${peer}`,
      valueIn: ratio('sign-in', 'answer', 'this service', peer),
    },
  ]),
  ...['native', 'WebAssembly', 'JavaScript'].map((primitive) => ({
    name: `parsing and verifying a message, ${primitive} / native recovery only`,
    valueIn: ratio(
      'verification',
      'verified',
      `this service, ${primitive}`,
      'native recovery alone',
    ),
  })),
  ...['native', 'WebAssembly', 'JavaScript'].map((primitive) => ({
    name: `longest time that verifying one of 1,000 messages of 4,096 characters blocks the event loop, ${primitive}`,
    atMost: 2,
    valueIn: measure(
      'verification',
      'longest-stop',
      new RegExp(`^this service, ${primitive}, longest of 1,000 messages`),
    ),
  })),
  {
    name: 'refreshing / express-session + connect-redis, whose regenerate only creates a new id',
    atLeast: 1.5,
    valueIn: ratio('lifecycle', 'refreshing', 'this service', /^express-session/),
  },
  ...Object.entries({
    refreshing: ['refreshing', 5],
    listing: ['listing 5 sessions'],
    'logging-out-all': ['logging out all 5 sessions', 4],
  }).map(([id, [what, atLeast]]) => ({
    name: `${what} / Better Auth with Redis`,
    atLeast,
    valueIn: ratio('lifecycle', id, 'this service', /^Better Auth/),
  })),
  ...[
    ['a sign-in', 'sign-in', 'answer', 10],
    ['a refresh', 'lifecycle', 'refreshing', 5],
    ['a logout of all 5 sessions', 'lifecycle', 'logging-out-all', 20],
  ].map(([what, part, table, atMost]) => ({
    name: `commands of Redis for ${what}, those in scripts included`,
    atMost,
    valueIn: commands(part, table, 'this service'),
  })),
  ...Object.entries({
    refused: 'the token is refused',
    'event at a subscriber': 'a subscriber has the event',
    'socket closed': 'the socket is closed',
  }).map(([what, result]) => ({
    name: `time from a logout at another instance until ${result}, p99, with 10,000 idle sockets`,
    atMost: 10,
    valueIn: measure('revocation', 'idle-sockets', `${what}, p99`),
  })),
  ...[1000, 250, 0].map((bound) => ({
    name: `longest time that a revoked session is accepted if messages of Redis are lost, NEAR_CACHE_BOUND=${bound}ms`,
    atMost: bound,
    valueIn: measure(
      'near-cache-bound',
      'let-in',
      new RegExp(`^NEAR_CACHE_BOUND=${bound}ms, longest`),
    ),
  })),
  ...Object.entries({ 'one-redis': 'one Redis', cluster: 'a Redis Cluster' }).flatMap(
    ([table, where]) => [
      {
        name: `commands to ${where} per validation of a cached session`,
        atMost: 0.001,
        valueIn: measure('near-cache', table, /^in memory/),
      },
      {
        name: `reads of ${where} per validation of a session that is not cached`,
        atMost: 1.05,
        valueIn: measure('near-cache', table, 'not in memory, one at a time'),
      },
    ],
  ),
  ...['1,000', '100,000', '1,000,000'].map((count) => ({
    name: `memory in Redis per session, ${count} sessions, without the audit log`,
    atMost: 600,
    valueIn: measure(
      'memory',
      'bytes',
      `${count} sessions, 1 a wallet: all keys but the audit log`,
    ),
  })),
  {
    name: 'memory of an idle socket, with 10,000 of them',
    atMost: 10_240,
    valueIn: measure('socket-memory', 'sockets', 'an idle socket'),
  },
  ...['one wallet, 10 sessions', '400 wallets, a session each'].map((whose) => ({
    name: `memory of a subscription, with 20,000 of them, ${whose}`,
    atMost: 4096,
    valueIn: measure('socket-memory', 'subscriptions', `a subscription, ${whose}`),
  })),
  {
    name: 'processor time of a start of the packed service / of the same program with its packages as files',
    atMost: 0.6,
    valueIn: measure('process-start', 'processor-time', 'the packed service / not bundled'),
  },
  ...['validating', 'listing', 'signing in'].map((act) => ({
    name: `${act} with 1,000,000 sessions / with 1,000`,
    atMost: 1.1,
    valueIn: measure('memory', 'growth', `${act}, 1,000,000 sessions / 1,000 sessions`),
  })),
  ...[
    'validating, not in memory',
    'signing in',
    'signing in at the limit, which ends one',
    'ending one session',
  ].map((act) => ({
    name: `${act}, for a wallet with 1,000 sessions / with one`,
    atMost: 1.1,
    valueIn: measure('one-wallet', 'constant', `${act}, 1,000 sessions / 1 session`),
  })),
  ...['the first page of 20', 'the page of 20 after that'].map((act) => ({
    name: `${act}, for a wallet with 1,000 sessions / with 100`,
    valueIn: measure('one-wallet', 'pages', `${act}, 1,000 sessions / 100 sessions`),
  })),
  ...['listing', 'ending all'].map((act) => ({
    name: `${act}, per session of 1,000 / of 100`,
    atMost: 1.1,
    valueIn: measure('one-wallet', 'linear', `${act}, a session more of 1,000 / of 100`),
  })),
  ...['reading a page of 20', 'ending all'].map((act) => ({
    name: `${act}, for a wallet with 1,000 sessions: longest time that it blocks Redis`,
    valueIn: measure('one-wallet', 'holding', `${act}, 1,000 sessions`),
  })),
];

/** The goals as a table of measures, each with its latest measurement, if any. */
export function goalsTable(parts) {
  return {
    title: 'Goals, with the latest measurement of each part',
    goals: GOALS.map(({ name, atLeast, atMost, valueIn }) => {
      const value = valueIn(parts);
      const goal =
        atLeast !== undefined ? `≥ ${atLeast}` : atMost !== undefined ? `≤ ${atMost}` : undefined;
      if (value === undefined || goal === undefined) return { name, ...value, goal };
      return { name, ...value, goal, ...judge(value, { atLeast, atMost }) };
    }),
  };
}

/** The median decides. If its interval includes the bound, the judgement is not certain. */
function judge({ median, interval = [] }, { atLeast = -Infinity, atMost = Infinity }) {
  const isWithin = (value) => value >= atLeast && value <= atMost;
  const isReached = isWithin(median);
  return { isReached, isCertain: interval.every((end) => isWithin(end) === isReached) };
}
