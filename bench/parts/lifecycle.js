import { hasNoErrors, isOk, loadInOrder, postJson } from '../load/in-order.js';
import { summarize } from '../report/comparison.js';
import { signInMessage } from '../service/message.js';
import { openServices } from '../service/open.js';
import { populate } from '../service/population.js';
import { startService } from '../service/start.js';
import { makeWallets } from '../service/wallets.js';
import { measureAllOverStarts } from './starts.js';

const OURS = 'this service';
const BETTER_AUTH = 'Better Auth with Redis';
const PER_WALLET = 5;
/** Better Auth takes longer to prepare, so it has fewer wallets. */
const OUR_SESSIONS = 400 * PER_WALLET;
const THEIR_WALLETS = makeWallets(80);
/**
 * The wallets of a round of logging out all, which takes one request for each: enough for about a second of each server.
 * Processor time is counted in steps of 10 ms.
 */
const OUR_WALLETS_TO_LOG_OUT = 1000;
const THEIR_WALLETS_TO_LOG_OUT = makeWallets(240);

const ours = { start: (redisUrl) => startService({ redisUrl }) };
const betterAuth = { file: 'peers/sign-in/better-auth.js' };
const LATER_EXPIRY = `${BETTER_AUTH} (later expiry, same token)`;
const refreshed = {
  [OURS]: ours,
  [LATER_EXPIRY]: { ...betterAuth, environment: { UPDATE_AGE: '0' } },
  'express-session + connect-redis (regenerate: new id)': {
    file: 'peers/session-check/express-session.js',
  },
};

/** Few: before each, sessions are started, which takes longer than the round itself. */
const SETTINGS = { rounds: 2 };

export const lifecycle = {
  name: 'lifecycle',
  title: `Refreshing, listing and logging out all, with ${PER_WALLET} sessions for each wallet`,
  async run() {
    const [refreshing] = await measureAllOverStarts(refreshed, [subjectsOfRefreshing], SETTINGS);
    const [listing, loggingOutAll] = await measureAllOverStarts(
      { [OURS]: ours, [BETTER_AUTH]: betterAuth },
      [subjectsOfListing, subjectsOfLoggingOutAll],
      SETTINGS,
    );
    return [
      summarize({
        id: 'refreshing',
        title: 'refreshing a session (ours: new tokens, reuse detection)',
        reference: LATER_EXPIRY,
        rounds: refreshing,
      }),
      summarize({
        id: 'listing',
        title: `listing the ${PER_WALLET} sessions of a wallet`,
        reference: BETTER_AUTH,
        rounds: listing,
      }),
      summarize({
        id: 'logging-out-all',
        title: `logging out all ${PER_WALLET} sessions of a wallet`,
        reference: BETTER_AUTH,
        rounds: loggingOutAll,
      }),
    ];
  },
};

async function subjectsOfRefreshing([service, peer, sessionPeer]) {
  const tokensOf = signedInAt(service);
  const { cookies } = await signedInAtPeer(peer);
  const query =
    'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }';
  return [
    {
      ...subject(service, hasNoErrors),
      prepare: async () =>
        (await tokensOf()).map(({ refreshToken }) =>
          postJson('/graphql', { query, variables: { token: refreshToken } }),
        ),
    },
    {
      ...subject(peer, isOk),
      prepare: () => cookies.map((cookie) => get('/api/auth/get-session', { cookie })),
    },
    {
      ...subject(sessionPeer, isOk),
      prepare: async () => {
        const begin = Array.from({ length: OUR_SESSIONS }, () => postJson('/sign-in', {}));
        const { answers } = await loadInOrder(sessionPeer.server.url, begin, { accepts: isOk });
        return answers.map((answer) => postJson('/refresh', {}, { cookie: cookiesOf(answer) }));
      },
    },
  ];
}

async function subjectsOfListing([service, peer]) {
  const grants = await signedInAt(service)();
  const { cookies } = await signedInAtPeer(peer);
  const query =
    '{ sessions { edges { node { id device userAgent ipAddress lastSeenAt current } } } }';
  return [
    {
      ...subject(service, hasNoErrors),
      prepare: () => grants.map((grant) => postJson('/graphql', { query }, bearer(grant))),
    },
    {
      ...subject(peer, isOk),
      prepare: () => cookies.map((cookie) => get('/api/auth/list-sessions', { cookie })),
    },
  ];
}

function subjectsOfLoggingOutAll([service, peer]) {
  const tokensOf = signedInAt(service, OUR_WALLETS_TO_LOG_OUT * PER_WALLET);
  const query = 'mutation { logoutAll { count } }';
  const ofEachWallet = (grants) => grants.filter((_grant, index) => index % PER_WALLET === 0);
  return [
    {
      ...subject(service, hasNoErrors),
      prepare: async () =>
        ofEachWallet(await tokensOf()).map((grant) =>
          postJson('/graphql', { query }, bearer(grant)),
        ),
    },
    {
      ...subject(peer, isOk),
      prepare: async () => {
        const { cookies, origin } = await signedInAtPeer(peer, THEIR_WALLETS_TO_LOG_OUT);
        return ofEachWallet(cookies).map((cookie) =>
          postJson('/api/auth/revoke-sessions', {}, { cookie, origin }),
        );
      },
    },
  ];
}

function subject({ name, server, redis }, accepts) {
  const load = (_seconds, requests) => loadInOrder(server.url, requests, { accepts });
  return { name, server, redis, load };
}

const bearer = ({ accessToken }) => ({ authorization: `Bearer ${accessToken}` });

const get = (path, headers) => ({ path, method: 'GET', headers });

/** Starts sessions on the Redis of the service, without requests to the service. */
function signedInAt({ redis }, count = OUR_SESSIONS) {
  return async () => {
    const { sessions, close } = await openServices(redis.url);
    const population = { count, perWallet: PER_WALLET, kept: count };
    const grants = await populate(sessions, population);
    await close();
    return grants;
  };
}

/** Signs each wallet in several times. The cookies of its sessions are adjacent. */
async function signedInAtPeer({ server: { url } }, owners = THEIR_WALLETS) {
  const wallets = owners.flatMap((wallet) => Array.from({ length: PER_WALLET }, () => wallet));
  const ask = () => postJson('/api/auth/siwe/nonce', {});
  const asked = await loadInOrder(url, wallets.map(ask), { accepts: isOk });
  const answers = wallets.map((wallet, index) => {
    const message = signInMessage(wallet, JSON.parse(asked.answers[index].text).nonce);
    return postJson('/api/auth/siwe/verify', { message, signature: wallet.sign(message) });
  });
  const signedIn = await loadInOrder(url, answers, { accepts: isOk });
  return { cookies: signedIn.answers.map(cookiesOf), origin: 'http://127.0.0.1' };
}

function cookiesOf({ headers }) {
  return [headers['set-cookie']]
    .flat()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
