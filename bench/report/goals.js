import { spreadOf } from './statistics.js';

/**
 * What this project wants to reach, in the order in which it is told. `valueIn` finds what was last measured
 * in the parts; `atLeast` and `atMost` are what it is held against, and without them it is told and not judged.
 */
const GOALS = [
  {
    name: 'Express 5 with a session checked by this project / with nothing checked',
    atLeast: 0.95,
    valueIn: ratio('session-check', 1, 'this project in Express 5', 'Express 5, nothing checked'),
  },
  {
    name: 'Express 5 with a session checked by this project / another route of the same process, with nothing checked',
    valueIn: ratio(
      'session-check',
      1,
      'this project in Express 5',
      'this project in Express 5, where nothing is checked',
    ),
  },
  ...['express-session + connect-redis', 'Better Auth with Redis'].map((what) => ({
    name: `Express 5 with a session checked by ${what} / with nothing checked`,
    valueIn: ratio('session-check', 0, `${what} in Express 5`, 'Express 5, nothing checked'),
  })),
  ...['{ __typename }', '{ session { id } }'].map((query, position) => ({
    name: `${query} over GraphQL with a session / at the same server without`,
    // Without a session the other one is answered null.
    ...(position === 0 && { atLeast: 0.95 }),
    valueIn: ratio('graphql', 1 + position, 'authenticated', 'anonymous'),
  })),
  ...Object.entries({
    'Apollo Server 5 on node:http': 1,
    Mercurius: 1,
    'Mercurius with JIT': undefined,
    'node:http, no GraphQL': undefined,
  }).map(([peer, atLeast]) => ({
    name: `{ session { id } } with a session / ${peer}, which checks nothing`,
    atLeast,
    valueIn: ratio('graphql', 0, 'this service, authenticated', peer),
  })),
  ...[
    'siwe + express-session + connect-redis',
    'Better Auth with its SIWE plugin and Redis',
  ].flatMap((peer) => [
    {
      name: `signing in, challenge and answer / ${peer}`,
      atLeast: 5,
      valueIn: ratioOfBoth('sign-in', [0, 1], 'this service', peer),
    },
    {
      name: `answering a challenge / ${peer}`,
      valueIn: ratio('sign-in', 1, 'this service', peer),
    },
  ]),
  ...['native', 'WebAssembly', 'JavaScript'].map((primitive) => ({
    name: `a message read and verified, ${primitive} / native recovery alone`,
    valueIn: ratio('verification', 0, `this service, ${primitive}`, 'native recovery alone'),
  })),
  ...['native', 'WebAssembly', 'JavaScript'].map((primitive) => ({
    name: `the longest message verified in one go, ${primitive}, p99`,
    atMost: 2,
    valueIn: measure('verification', 2, `this service, ${primitive}, p99`),
  })),
  {
    name: 'refreshing / express-session + connect-redis, whose regenerate makes a new id',
    valueIn: ratio('lifecycle', 0, 'this service', /^express-session/),
  },
  ...['refreshing', 'listing 5 sessions', 'logging out all 5 sessions'].map((what, position) => ({
    name: `${what} / Better Auth with Redis`,
    valueIn: ratio('lifecycle', position, 'this service', /^Better Auth/),
  })),
  ...['refused', 'event at a subscriber', 'socket closed'].map((what) => ({
    name: `after a logout elsewhere, with 10,000 idle sockets: ${what}, p99`,
    atMost: 10,
    valueIn: measure('revocation', 1, `${what}, p99`),
  })),
  ...['one Redis', 'a Redis Cluster'].flatMap((where, table) => [
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
  ]),
  ...['1,000', '100,000', '1,000,000'].map((count) => ({
    name: `${count} sessions, all keys but the audit log`,
    atMost: 600,
    valueIn: measure('memory', 0, `${count} sessions, 1 a wallet: all keys but the audit log`),
  })),
  ...['validating', 'listing', 'signing in'].map((act) => ({
    name: `${act} at 1,000,000 sessions / at 1,000`,
    atMost: 1.1,
    valueIn: measure('memory', 1, `${act}, 1,000,000 sessions / 1,000 sessions`),
  })),
  ...[
    'validating, not in memory',
    'signing in',
    'signing in at the limit, which ends one',
    'ending one session',
  ].map((act) => ({
    name: `${act}, for a wallet of 1,000 sessions / of one`,
    atMost: 1.1,
    valueIn: measure('one-wallet', 0, `${act}, 1,000 sessions / 1 session`),
  })),
  ...['listing', 'ending all'].map((act) => ({
    name: `${act}, a session more of 1,000 / of 100`,
    atMost: 1.1,
    valueIn: measure('one-wallet', 1, `${act}, a session more of 1,000 / of 100`),
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
      if (value === undefined) return { name, goal };
      const { median } = value;
      const isReached = median >= (atLeast ?? -Infinity) && median <= (atMost ?? Infinity);
      return { name, ...value, goal, ...(goal !== undefined && { isReached }) };
    }),
  };
}

/** One row of a comparison by another, round by round. */
function ratio(part, table, subject, reference) {
  return ratioOfBoth(part, [table], subject, reference);
}

/** The same for what takes a request of each of several comparisons: the times of both are added up. */
function ratioOfBoth(part, tables, subject, reference) {
  return (parts) => {
    const timesOf = (name) => tables.map((table) => timesIn(parts[part]?.tables[table], name));
    const [own, others] = [timesOf(subject), timesOf(reference)];
    if ([...own, ...others].includes(undefined)) return undefined;
    const timeIn = (times, round) => times.reduce((sum, each) => sum + each[round], 0);
    const ratios = own[0].map((_time, round) => timeIn(others, round) / timeIn(own, round));
    return { ...spreadOf(ratios), unit: 'times', measuredAt: parts[part].measuredAt };
  };
}

/** Seconds of a core that a request took, round by round. */
function timesIn(comparison, name) {
  const row = comparison?.rows?.find(({ subject }) => matches(name, subject));
  return row?.rounds.map((perCoreSecond) => 1 / perCoreSecond);
}

function measure(part, table, name) {
  return (parts) => {
    const { measures = [] } = parts[part]?.tables[table] ?? {};
    const found = measures.find((each) => matches(name, each.name));
    if (found === undefined) return undefined;
    const { median, min, max, unit } = found;
    return { median, min, max, unit, measuredAt: parts[part].measuredAt };
  };
}

const matches = (wanted, name) =>
  typeof wanted === 'string' ? wanted === name : wanted.test(name);
