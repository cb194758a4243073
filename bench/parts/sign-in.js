import { randomBytes } from 'node:crypto';
import { hasNoErrors, isOk, loadInOrder, postJson } from '../load/in-order.js';
import { summarize } from '../report/comparison.js';
import { signInMessage } from '../service/message.js';
import { CHALLENGE, SIGN_IN } from '../service/sign-in.js';
import { startService } from '../service/start.js';
import { makeSolanaWallets, makeWallets } from '../service/wallets.js';
import { encodeBase58 } from '../../dist/accounts/base58.js';
import { measureAllOverStarts } from './starts.js';

/**
 * Each wallet signs in once a round. The peers are slower, so fewer fill the same time; Better Auth also
 * looks through all users of its database in memory, and few of them keep that short.
 */
const WALLETS = makeWallets(2000);
const FEW = WALLETS.slice(0, 400);
const SOLANA_WALLETS = makeSolanaWallets(2000);
const SOLANA = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

/** Signing in to this service. */
export const ownSignIn = {
  start: (redisUrl, environment) => startService({ redisUrl, environment }),
  wallets: WALLETS,
  challenge: ({ account }) => postJson('/graphql', { query: CHALLENGE, variables: { account } }),
  answer: (wallet, { text }) => {
    const { message } = JSON.parse(text).data.createSignInChallenge;
    const variables = { message, signature: wallet.sign(message) };
    return postJson('/graphql', { query: SIGN_IN, variables });
  },
  accepts: hasNoErrors,
};

const peers = {
  'this service': ownSignIn,
  'this service, with Solana': {
    ...ownSignIn,
    start: (redisUrl, environment) =>
      startService({ redisUrl, environment: { ...environment, SIGN_IN_CHAIN_IDS: SOLANA } }),
    wallets: SOLANA_WALLETS,
    newcomer: () => `${SOLANA}:${encodeBase58(randomBytes(32))}`,
  },
  'siwe + express-session + connect-redis': {
    file: 'peers/sign-in/siwe-express-session.js',
    wallets: FEW,
    challenge: () => ({ path: '/nonce', method: 'GET' }),
    answer: (wallet, { text, headers }) => {
      const message = signInMessage(wallet, text);
      const cookie = headers['set-cookie'].split(';')[0];
      return postJson('/verify', { message, signature: wallet.sign(message) }, { cookie });
    },
    accepts: isOk,
  },
  'Better Auth with its SIWE plugin and Redis': {
    file: 'peers/sign-in/better-auth.js',
    wallets: FEW,
    challenge: () => postJson('/api/auth/siwe/nonce', {}),
    answer: (wallet, { text }) => {
      const message = signInMessage(wallet, JSON.parse(text).nonce);
      return postJson('/api/auth/siwe/verify', { message, signature: wallet.sign(message) });
    },
    accepts: isOk,
  },
};

export const signIn = {
  name: 'sign-in',
  title: 'Signing in with a wallet; the signatures are made beforehand',
  async run() {
    const reference = 'siwe + express-session + connect-redis';
    // Both over the same starts: the whole of a sign-in is a round of each.
    const [asking, answering] = await measureAllOverStarts(
      peers,
      [challenges, answers].map(
        (requestsOf) => (servers) => servers.map((server) => subjectOf(server, requestsOf)),
      ),
    );
    return [
      summarize({ id: 'challenge', title: 'asking for a challenge', reference, rounds: asking }),
      summarize({
        id: 'answer',
        title: 'answering it: message and signature verified (here natively), session started',
        reference,
        rounds: answering,
      }),
    ];
  },
};

function subjectOf({ name, server, redis }, requestsOf) {
  const { accepts } = peers[name];
  return {
    name,
    server,
    redis,
    prepare: () => requestsOf(peers[name], server.url),
    load: (_seconds, requests) => loadInOrder(server.url, requests, { accepts }),
  };
}

/** Of wallets that have not come before. */
const challenges = async ({ wallets, challenge, newcomer = anEthereumAccount }) =>
  wallets.map(() => challenge({ account: newcomer() }));

const anEthereumAccount = () => `eip155:0:0x${randomBytes(20).toString('hex')}`;

/** The answers to challenges that are asked for now: requests that are to be sent once, each with a signature. */
export async function answers({ wallets, challenge, answer, accepts }, url) {
  const asked = await loadInOrder(url, wallets.map(challenge), { accepts });
  return wallets.map((wallet, index) => answer(wallet, asked.answers[index]));
}
