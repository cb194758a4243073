import { timeByTurns } from '../report/side-by-side.js';
import { spreadOf } from '../report/statistics.js';
import { openCrowd } from '../service/crowd.js';
import { makeWallets } from '../service/wallets.js';

/** Sessions of one wallet. */
const COUNTS = [1, 10, 100, 1000];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const SOURCE = { ipAddress: '2001:db8::1', userAgent: 'Mozilla/5.0' };
const [WALLET] = makeWallets(1);

/** What each call costs with the number of sessions that its wallet has. */
export const oneWallet = {
  name: 'one-wallet',
  title: 'A wallet with few sessions and with many: one call at a time',
  async run() {
    const crowds = [];
    try {
      for (const count of COUNTS) crowds.push(await openCrowd(WALLET, count));
      const tables = [];
      for (const { id, title, acts, samples, compared } of KINDS) {
        const measures = [];
        for (const [name, act] of Object.entries(acts)) {
          measures.push(...(await measureAct(crowds, name, act, samples, compared)));
        }
        tables.push({ id, title, measures });
      }
      tables.push(await measureHolding(crowds));
      return tables;
    } finally {
      for (const crowd of crowds) await crowd.stop();
    }
  },
};

/** Each prepares what is to be timed, and gives that as a function. */
const CONSTANT = {
  'validating, not in memory': (crowd, index) => () => validate(crowd.forgetful, crowd, index),
  'validating, in memory': async (crowd) => {
    await validate(crowd.here, crowd, 0);
    return () => validate(crowd.here, crowd, 0);
  },
  'signing in': async (crowd) => {
    if (crowd.signedIn !== undefined) await end(crowd, crowd.signedIn);
    const signIn = await preparedSignIn(crowd.here);
    return async () => (crowd.signedIn = await signIn());
  },
  'ending one session': async (crowd) => {
    const [added] = await crowd.add(1);
    return () => end(crowd, added);
  },
  'signing in at the limit, which ends one': (crowd) => preparedSignIn(crowd.full),
};

const LINEAR = {
  listing: ({ here, count }) =>
    repeatedly(LISTED_AT_ONCE / Math.max(count, 10), () => here.sessions.list(WALLET.account)),
  'ending all': async (crowd) => {
    await endAll(crowd);
    await crowd.add();
    return () => endAll(crowd);
  },
};

/** Of sessions that are not on the page, Redis looks at the ids alone. */
const PAGED = {
  'the first page of 20': ({ here }) => repeatedly(PAGES_AT_ONCE, () => firstPage(here)),
  'the page of 20 after that': async ({ here }) => {
    const { end: after } = await firstPage(here);
    return repeatedly(PAGES_AT_ONCE, () =>
      here.sessions.listPage(WALLET.account, { first: 20, after }),
    );
  },
};
const PAGES_AT_ONCE = 10;
const firstPage = ({ sessions }) => sessions.listPage(WALLET.account, { first: 20 });

/**
 * A list of a thousand sessions never ends without a collection of garbage, one of a hundred mostly does: its median
 * would leave out what it costs. So each sample lists as many sessions in all.
 */
const LISTED_AT_ONCE = Math.max(...COUNTS);

function repeatedly(times, act) {
  const repeated = async () => {
    for (let done = 0; done < times; done += 1) await act();
  };
  return Object.assign(repeated, { times });
}

const KINDS = [
  { id: 'constant', title: 'what must not grow', acts: CONSTANT, samples: 40, compared: growth },
  { id: 'pages', title: 'page by page', acts: PAGED, samples: 8, compared: pageGrowth },
  {
    id: 'linear',
    title: 'over all sessions of the wallet',
    acts: LINEAR,
    samples: 8,
    compared: linearity,
  },
];

async function validate({ sessions }, { grants, count }, index) {
  const session = await sessions.validate(grants[index % count].accessToken, SOURCE);
  if (session === undefined) throw new Error('No session.');
}

async function preparedSignIn({ signIn }) {
  const { message } = await signIn.createChallenge({ account: WALLET.account }, SOURCE);
  const signature = WALLET.sign(message);
  return () => signIn.complete({ message, signature }, SOURCE);
}

const end = ({ here }, { session }) =>
  here.sessions.revoke({
    wallet: session,
    sessionId: session.id,
    reason: 'LOGOUT',
    source: SOURCE,
  });

const endAll = ({ here }) =>
  here.sessions.revokeAll({ wallet: WALLET.account, reason: 'LOGOUT_ALL', source: SOURCE });

const named = (count) => `${count.toLocaleString('en-US')} session${count === 1 ? '' : 's'}`;

async function measureAct(crowds, name, act, samples, compared) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const subjects = Object.fromEntries(
      crowds.map((crowd) => [crowd.count, (index) => act(crowd, index)]),
    );
    rounds.push(await timeByTurns({ subjects, samples, warmUp: Math.ceil(samples / 4) }));
  }
  const times = (count) => rounds.map((round) => round.get(String(count)));
  return [
    ...COUNTS.map((count) => ({
      name: `${name}, ${named(count)}`,
      ...spreadOf(times(count)),
      unit: 'ms',
    })),
    compared(name, times),
  ];
}

function growth(name, times) {
  const [few, many] = [times(1), times(1000)];
  return {
    name: `${name}, 1,000 sessions / 1 session`,
    ...spreadOf(many.map((time, round) => time / few[round])),
    unit: 'times',
    goal: '≤ 1.10',
  };
}

/** What a session more costs, among a thousand by what it costs among a hundred: 1 where it is linear. */
function linearity(name, times) {
  const [one, hundred, thousand] = [times(1), times(100), times(1000)];
  const perSession = (many, from, round) => (many[round] - one[round]) / (from - 1);
  return {
    name: `${name}, a session more of 1,000 / of 100`,
    ...spreadOf(
      one.map(
        (_time, round) => perSession(thousand, 1000, round) / perSession(hundred, 100, round),
      ),
    ),
    unit: 'times',
    goal: '≤ 1.10',
  };
}

function pageGrowth(name, times) {
  const [few, many] = [times(100), times(1000)];
  return {
    name: `${name}, 1,000 sessions / 100 sessions`,
    ...spreadOf(many.map((time, round) => time / few[round])),
    unit: 'times',
  };
}

/** How long Redis serves nobody else: the longest of all commands and scripts of an act, by its own clock. */
async function measureHolding(crowds) {
  const acts = {
    'reading a page of 20': ({ here }) => firstPage(here),
    listing: ({ here }) => here.sessions.list(WALLET.account),
    'ending all': endAll,
  };
  const measures = [];
  for (const crowd of crowds) {
    await endAll(crowd);
    await crowd.add();
  }
  for (const [name, act] of Object.entries(acts)) {
    for (const crowd of crowds) {
      const longest = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        longest.push(await crowd.redis.longestDuring(() => act(crowd)));
        if (act === endAll) await crowd.add();
      }
      measures.push({ name: `${name}, ${named(crowd.count)}`, ...spreadOf(longest), unit: 'ms' });
    }
  }
  return { id: 'holding', title: 'the longest that Redis serves nobody else', measures };
}
