import { hasNoErrors, loadInOrder, postJson } from '../load/in-order.js';
import { summarize } from '../report/comparison.js';
import { SESSION } from '../service/graphql-request.js';
import { spreadOf } from '../report/statistics.js';
import { makeProof, makeProofKey, timeOfVerification } from '../service/proofs.js';
import { signIn } from '../service/sign-in.js';
import { startService } from '../service/start.js';
import { makeWallets } from '../service/wallets.js';
import { measureOverStarts } from './starts.js';

/** In each round. A proof works once, so each request has its own. */
const REQUESTS = 4000;

/** Of the signature alone. */
const ROUNDS = 8;

const PUBLIC_URL = 'https://auth.example.com';

export const keyBinding = {
  name: 'key-binding',
  title: 'What the proof of a key (DPoP) costs a request',
  run: async () => [
    summarize({
      id: 'session',
      title: `${SESSION}, a session with bearer tokens and one that is bound to a key, at the same server`,
      reference: 'a bearer token',
      rounds: await measureOverStarts({ 'this service': { start } }, subjectsOf),
    }),
    {
      id: 'verification',
      title: 'What the signature of a proof alone costs',
      measures: [
        {
          name: 'verifying an ES256 signature with node:crypto',
          ...spreadOf(Array.from({ length: ROUNDS }, () => timeOfVerification(REQUESTS / 4))),
          unit: 'µs',
        },
      ],
    },
  ],
};

async function start(redisUrl) {
  const service = await startService({ redisUrl, environment: { PUBLIC_URLS: PUBLIC_URL } });
  const [one, other] = makeWallets(2);
  const key = makeProofKey();
  const bearer = await signIn(service.url, one);
  const bound = await signIn(service.url, other, { dpop: makeProof(key, urlOf(service)) });
  return { ...service, key, bearer, bound };
}

const urlOf = ({ url }) => PUBLIC_URL + new URL(url).pathname;

function subjectsOf([{ server, redis }]) {
  const { url, key, bearer, bound } = server;
  const headersOf = {
    'a bearer token': () => ({ authorization: `Bearer ${bearer.accessToken}` }),
    'a proof of a key': () => ({
      authorization: `DPoP ${bound.accessToken}`,
      dpop: makeProof(key, urlOf(server), bound.accessToken),
    }),
  };
  return Object.entries(headersOf).map(([name, headers]) => ({
    name,
    server,
    redis,
    load: () => {
      const { pathname } = new URL(url);
      const ask = () => postJson(pathname, { query: SESSION }, headers());
      return loadInOrder(url, Array.from({ length: REQUESTS }, ask), { accepts: hasNoErrors });
    },
  }));
}
