import { timeByTurns } from '../report/side-by-side.js';
import { spreadOf } from '../report/statistics.js';
import { openServices } from '../service/open.js';
import { makeWallets } from '../service/wallets.js';
import { SERVER_CORE } from '../system/cores.js';
import { startRedis } from '../system/redis.js';

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
      for (const count of COUNTS) crowds.push(await openCrowd(count));
      const tables = [];
      for (const { title, acts, samples, compared } of KINDS) {
        const measures = [];
        for (const [name, act] of Object.entries(acts)) {
          measures.push(...(await measureAct(crowds, name, act, samples, compared)));
        }
        tables.push({ title, measures });
      }
      return tables;
    } finally {
      for (const crowd of crowds) await crowd.stop();
    }
  },
};

/**
 * The wallet with so many sessions, on a Redis of its own: at an instance, at one that keeps no session in
 * memory, and at one whose limit is that number.
 */
async function openCrowd(count) {
  const redis = await startRedis(SERVER_CORE);
  const opened = [];
  const open = async (environment) => {
    const quiet = { SESSION_LAST_SEEN_INTERVAL: '1d', ...environment };
    const services = await openServices(redis.url, quiet);
    opened.push(services);
    return services;
  };
  const here = await open({ SESSION_LIMIT: '0' });
  const crowd = {
    count,
    here,
    forgetful: await open({ NEAR_CACHE_BOUND: '0' }),
    full: await open({ SESSION_LIMIT: String(count) }),
    /** Adds as many sessions as the wallet should have, or one. */
    add: (more = count) =>
      Promise.all(
        Array.from({ length: more }, () =>
          here.sessions.create({ wallet: WALLET.address, chainId: 1 }, SOURCE),
        ),
      ),
    async stop() {
      for (const services of opened) await services.close();
      await redis.stop();
    },
  };
  crowd.grants = await crowd.add();
  return crowd;
}

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
    repeatedly(LISTED_AT_ONCE / Math.max(count, 10), () => here.sessions.list(WALLET.address)),
  'ending all': async (crowd) => {
    await endAll(crowd);
    await crowd.add();
    return () => endAll(crowd);
  },
};

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
  { title: 'what must not grow', acts: CONSTANT, samples: 40, compared: growth },
  { title: 'over all sessions of the wallet', acts: LINEAR, samples: 8, compared: linearity },
];

async function validate({ sessions }, { grants, count }, index) {
  const session = await sessions.validate(grants[index % count].accessToken, SOURCE);
  if (session === undefined) throw new Error('No session.');
}

async function preparedSignIn({ signIn }) {
  const { message } = await signIn.createChallenge({ address: WALLET.address }, SOURCE);
  const signature = WALLET.sign(message);
  return () => signIn.signIn({ message, signature }, SOURCE);
}

const end = ({ here }, { session }) => here.sessions.revoke(session, session.id, 'LOGOUT', SOURCE);

const endAll = ({ here }) =>
  here.sessions.revokeAll(WALLET.address, undefined, 'LOGOUT_ALL', SOURCE);

async function measureAct(crowds, name, act, samples, compared) {
  const named = (count) => `${count.toLocaleString('en-US')} session${count === 1 ? '' : 's'}`;
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
