import { findTable } from '../../bench/report/find-table.js';
import { readResults } from '../../bench/report/results.js';
import { numberOf } from '../../bench/report/tables.js';
import { barChart } from './bar-chart.js';

/** The charts in the documentation, from the latest results of each part of `npm run bench`. */
export async function charts() {
  const parts = await readResults();
  return Object.entries(CHARTS).map(([name, { title, groups }]) => ({
    path: `docs/images/${name}.svg`,
    content: barChart({ title, groups: groups.map((group) => group(parts)) }),
  }));
}

const CHARTS = {
  'bench-session-check': {
    title: 'Requests per second of a core: Express 5 with a session check, by library',
    groups: [
      rates(
        'Express 5, requests per second of a core',
        'session-check',
        'peers',
        /Express|Better Auth/,
      ),
    ],
  },
  'bench-graphql': {
    title: 'Requests per second of a core: { session { id } } by GraphQL server',
    groups: [rates('{ session { id } }, requests per second of a core', 'graphql', 'peers')],
  },
  'bench-sign-in': {
    title: 'Sign-ins per second of a core: challenge and answer, by library',
    groups: [signIns('Challenge and answer, sign-ins per second of a core')],
  },
  'bench-lifecycle': {
    title: 'Operations per second of a core: refreshing, listing and logging out, by library',
    groups: [
      rates('Refreshing a session, per second of a core', 'lifecycle', 'refreshing'),
      rates('Listing the 5 sessions of a wallet, per second of a core', 'lifecycle', 'listing'),
      rates(
        'Logging out all 5 sessions of a wallet, per second of a core',
        'lifecycle',
        'logging-out-all',
      ),
    ],
  },
  'bench-verification': {
    title: 'Messages verified per second of a core, by library',
    groups: [rates('Verifying a signed message, per second of a core', 'verification', 'verified')],
  },
  'bench-revocation': {
    title: 'Milliseconds until a revocation takes effect at another instance',
    groups: [
      measures(
        'After a logout elsewhere, with 10,000 idle sockets, p99',
        'revocation',
        'idle-sockets',
        {
          'the next request is refused': 'refused, p99',
          'a subscriber receives the event': 'event at a subscriber, p99',
          'the socket is closed': 'socket closed, p99',
        },
      ),
    ],
  },
  'bench-growth': {
    title: 'Milliseconds of one call with 1,000 and with 1,000,000 sessions',
    groups: ['validating', 'listing', 'signing in'].map((act) =>
      measures(`${act}, one call at a time, not cached`, 'memory', 'growth', {
        'with 1,000 sessions': `${act}, 1,000 sessions`,
        'with 1,000,000 sessions': `${act}, 1,000,000 sessions`,
      }),
    ),
  },
  'bench-time-of-a-query': {
    title: 'Microseconds of a core for { session { id } } over HTTP, by component',
    groups: [times('{ session { id } }, µs of a core', /session \{ id \} \} by POST: µs/)],
  },
  'bench-time-in-express': {
    title: 'Microseconds of a core for a request with a session in Express 5, by component',
    groups: [
      times('GET / in Express 5 with a session, µs of a core', /^GET \/ in Express 5.*: µs/),
    ],
  },
  'bench-time-of-a-sign-in': {
    title: 'Microseconds of a core for a sign-in, by component',
    groups: [times('A sign-in, µs of a core', /^A sign-in.*: µs/)],
  },
};

const isOurs = (subject) => /this (?:service|project)/.test(subject);

/** The rates of a comparison, fastest first. */
function rates(title, part, table, only = /(?:)/) {
  return (parts) => ({
    title,
    bars: rowsOf(parts, part, table)
      .filter(({ subject }) => only.test(subject))
      .map(({ subject, perCoreSecond }) => rate(subject, perCoreSecond.median))
      .sort(fastestFirst),
  });
}

/** A sign-in takes a request for the challenge and one for the answer: their times add up. */
function signIns(title) {
  return (parts) => {
    const answers = new Map(
      rowsOf(parts, 'sign-in', 'answer').map(({ subject, perCoreSecond }) => [
        subject,
        perCoreSecond.median,
      ]),
    );
    return {
      title,
      bars: rowsOf(parts, 'sign-in', 'challenge')
        .map(({ subject, perCoreSecond }) =>
          rate(subject, 1 / (1 / perCoreSecond.median + 1 / answers.get(subject))),
        )
        .sort(fastestFirst),
    };
  };
}

function measures(title, part, table, names) {
  return (parts) => {
    const measured = findTable(parts, part, table).measures;
    return {
      title,
      bars: Object.entries(names).map(([label, name]) => {
        const { median, unit } = measured.find((each) => each.name === name);
        return {
          label,
          value: Math.max(0, median),
          text: `${numberOf(median)} ${unit}`,
          isOurs: true,
        };
      }),
    };
  };
}

/** The components that take most of a request in the last column of a profile, which is this project. */
function times(title, table) {
  return (parts) => {
    const { lines } = parts.profile.tables.find((each) => table.test(each.title));
    const shown = lines
      .map(({ name, values }) => ({ name, value: values.at(-1) }))
      .filter(({ name, value }) => value >= 0.5 && !['in all', 'the rest'].includes(name));
    return {
      title,
      bars: shown.map(({ name, value }) => ({
        label: name,
        value,
        text: value.toFixed(1),
        isOurs: name.startsWith('wallet-sessions'),
      })),
    };
  };
}

const rowsOf = (parts, part, table) => findTable(parts, part, table).rows;

const rate = (subject, value) => ({
  label: subject,
  value,
  text: numberOf(value),
  isOurs: isOurs(subject),
});

const fastestFirst = (one, other) => other.value - one.value;
