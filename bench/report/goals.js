import { measure, ratio, ratioOfBoth } from './find-values.js';

/**
 * What this project wants to reach, in the order in which it is told. `valueIn` finds what was last measured
 * in the parts; `atLeast` and `atMost` are what it is held against, and without them it is told and not judged.
 */
const GOALS = [
  {
    name: 'Express 5 with a session checked by this project / with nothing checked',
    atLeast: 0.95,
    valueIn: ratio(
      'session-check',
      'check-alone',
      'this project in Express 5',
      'Express 5, nothing checked',
    ),
  },
  {
    name: 'Express 5 with a session checked by this project / another route of the same process, with nothing checked',
    valueIn: ratio(
      'session-check',
      'check-alone',
      'this project in Express 5',
      'this project in Express 5, where nothing is checked',
    ),
  },
  ...['express-session + connect-redis', 'Better Auth with Redis'].map((what) => ({
    name: `Express 5 with a session checked by ${what} / with nothing checked`,
    valueIn: ratio('session-check', 'peers', `${what} in Express 5`, 'Express 5, nothing checked'),
  })),
  ...Object.entries({ typename: '{ __typename }', session: '{ session { id } }' }).map(
    ([id, query]) => ({
      name: `${query} over GraphQL with a session / at the same server without`,
      // Without a session the other one is answered null.
      ...(id === 'typename' && { atLeast: 0.95 }),
      valueIn: ratio('graphql', id, 'authenticated', 'anonymous'),
    }),
  ),
  ...Object.entries({
    'Apollo Server 5 on node:http': 1,
    Mercurius: 1,
    'Mercurius with JIT': undefined,
    'node:http, no GraphQL': undefined,
  }).map(([peer, atLeast]) => ({
    name: `{ session { id } } with a session / ${peer}, which checks nothing`,
    atLeast,
    valueIn: ratio('graphql', 'peers', 'this service, authenticated', peer),
  })),
  {
    name: '{ session { id } } with 10,000 sessions by chance / with one',
    valueIn: ratio('variety', 'sessions', '10,000 sessions by chance', 'one session'),
  },
  ...['this project', 'express-session + connect-redis'].map((what) => ({
    name: `Express 5 with 10,000 sessions by chance, checked by ${what} / with one`,
    valueIn: ratio(
      'variety',
      'sessions-in-express',
      `${what}, 10,000 sessions by chance`,
      `${what}, one session`,
    ),
  })),
  {
    name: 'a query with other variables each time / with the same',
    valueIn: ratio('variety', 'variables', 'other ones each time', 'the same each time'),
  },
  ...['its documentId', 'its hash, as an automatic persisted query'].map((what) => ({
    name: `a document named by ${what} / by its text`,
    valueIn: ratio('variety', 'documents', what, 'its text'),
  })),
  ...[
    'siwe + express-session + connect-redis',
    'Better Auth with its SIWE plugin and Redis',
  ].flatMap((peer) => [
    {
      name: `signing in, challenge and answer / ${peer}`,
      atLeast: 5,
      valueIn: ratioOfBoth('sign-in', ['challenge', 'answer'], 'this service', peer),
    },
    {
      name: `answering a challenge / ${peer}`,
      valueIn: ratio('sign-in', 'answer', 'this service', peer),
    },
  ]),
  ...['native', 'WebAssembly', 'JavaScript'].map((primitive) => ({
    name: `a message read and verified, ${primitive} / native recovery alone`,
    valueIn: ratio(
      'verification',
      'verified',
      `this service, ${primitive}`,
      'native recovery alone',
    ),
  })),
  ...['native', 'WebAssembly', 'JavaScript'].map((primitive) => ({
    name: `a verification in one go, ${primitive}: the longest of 1,000 messages of 4096 characters`,
    atMost: 2,
    valueIn: measure(
      'verification',
      'longest-stop',
      new RegExp(`^this service, ${primitive}, longest of 1,000 messages`),
    ),
  })),
  {
    name: 'refreshing / express-session + connect-redis, whose regenerate makes a new id',
    valueIn: ratio('lifecycle', 'refreshing', 'this service', /^express-session/),
  },
  ...Object.entries({
    refreshing: 'refreshing',
    listing: 'listing 5 sessions',
    'logging-out-all': 'logging out all 5 sessions',
  }).map(([id, what]) => ({
    name: `${what} / Better Auth with Redis`,
    valueIn: ratio('lifecycle', id, 'this service', /^Better Auth/),
  })),
  ...['refused', 'event at a subscriber', 'socket closed'].map((what) => ({
    name: `after a logout elsewhere, with 10,000 idle sockets: ${what}, p99`,
    atMost: 10,
    valueIn: measure('revocation', 'idle-sockets', `${what}, p99`),
  })),
  ...[1000, 250, 0].map((bound) => ({
    name: `a session revoked elsewhere, of which Redis’s word is lost, let in with NEAR_CACHE_BOUND=${bound}ms: the longest`,
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
        name: `reads of ${where} for a session that is in memory`,
        atMost: 0.001,
        valueIn: measure('near-cache', table, /^in memory/),
      },
      {
        name: `reads of ${where} for one that is not`,
        atMost: 1.05,
        valueIn: measure('near-cache', table, 'not in memory, one at a time'),
      },
    ],
  ),
  ...['1,000', '100,000', '1,000,000'].map((count) => ({
    name: `${count} sessions, all keys but the audit log`,
    atMost: 600,
    valueIn: measure(
      'memory',
      'bytes',
      `${count} sessions, 1 a wallet: all keys but the audit log`,
    ),
  })),
  {
    name: 'memory of an idle socket, 10,000 of them, in bytes',
    atMost: 10_240,
    valueIn: measure('socket-memory', 'sockets', 'an idle socket'),
  },
  ...['one wallet, 10 sessions', '400 wallets, a session each'].map((whose) => ({
    name: `memory of a subscription, 20,000 of them, ${whose}, in bytes`,
    atMost: 4096,
    valueIn: measure('socket-memory', 'subscriptions', `a subscription, ${whose}`),
  })),
  ...['validating', 'listing', 'signing in'].map((act) => ({
    name: `${act} at 1,000,000 sessions / at 1,000`,
    atMost: 1.1,
    valueIn: measure('memory', 'growth', `${act}, 1,000,000 sessions / 1,000 sessions`),
  })),
  ...[
    'validating, not in memory',
    'signing in',
    'signing in at the limit, which ends one',
    'ending one session',
  ].map((act) => ({
    name: `${act}, for a wallet of 1,000 sessions / of one`,
    atMost: 1.1,
    valueIn: measure('one-wallet', 'constant', `${act}, 1,000 sessions / 1 session`),
  })),
  ...['the first page of 20', 'the page of 20 after that'].map((act) => ({
    name: `${act}, for a wallet of 1,000 sessions / of 100`,
    valueIn: measure('one-wallet', 'pages', `${act}, 1,000 sessions / 100 sessions`),
  })),
  ...['listing', 'ending all'].map((act) => ({
    name: `${act}, a session more of 1,000 / of 100`,
    atMost: 1.1,
    valueIn: measure('one-wallet', 'linear', `${act}, a session more of 1,000 / of 100`),
  })),
  ...['reading a page of 20', 'ending all'].map((act) => ({
    name: `${act}, for a wallet of 1,000 sessions: the longest that Redis serves nobody else`,
    valueIn: measure('one-wallet', 'holding', `${act}, 1,000 sessions`),
  })),
];

/** The goals as a table of measures: each with what was last measured for it, if anything was. */
export function goalsTable(parts) {
  return {
    title: 'Where this is, by the newest measurement of each part',
    goals: GOALS.map(({ name, atLeast, atMost, valueIn }) => {
      const value = valueIn(parts);
      const goal =
        atLeast !== undefined ? `≥ ${atLeast}` : atMost !== undefined ? `≤ ${atMost}` : undefined;
      if (value === undefined || goal === undefined) return { name, ...value, goal };
      return { name, ...value, goal, ...judge(value, { atLeast, atMost }) };
    }),
  };
}

/** By the median alone; where its interval lies on both sides of the bound, that is not certain. */
function judge({ median, interval = [] }, { atLeast = -Infinity, atMost = Infinity }) {
  const isWithin = (value) => value >= atLeast && value <= atMost;
  const isReached = isWithin(median);
  return { isReached, isCertain: interval.every((end) => isWithin(end) === isReached) };
}
