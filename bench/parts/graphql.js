import { loadWithWrk } from '../load/wrk.js';
import { compare } from '../report/comparison.js';
import { signIn } from '../service/sign-in.js';
import { startService } from '../service/start.js';
import { makeWallets } from '../service/wallets.js';
import { withServers } from './servers.js';

const AUTHENTICATED = 'this service, authenticated';

const peers = {
  'node:http, no GraphQL': { file: 'peers/session-check/node-http.js' },
  [AUTHENTICATED]: { start: startAuthenticated },
  'this service, anonymous': { start: (redisUrl) => startService({ redisUrl }) },
  'Mercurius with JIT': { file: 'peers/graphql/mercurius.js', environment: { JIT: 'on' } },
  Mercurius: { file: 'peers/graphql/mercurius.js' },
  'Apollo Server 5 on node:http': { file: 'peers/graphql/apollo-node-http.js' },
  'Apollo Server 5 in Express 5': { file: 'peers/graphql/apollo-express.js' },
  'GraphQL Yoga 5': { file: 'peers/graphql/yoga.js' },
};

export const graphql = {
  name: 'graphql',
  title: 'A trivial query over GraphQL; the peers check nothing',
  run: () =>
    withServers(peers, async (servers) => [
      await compare({
        title: '{ session { id } }',
        reference: 'Apollo Server 5 on node:http',
        subjects: servers.map(({ name, server, redis }) => ({
          name,
          server,
          redis,
          load: (seconds) => loadWithWrk(requestTo(server), { seconds }),
        })),
      }),
    ]),
};

async function startAuthenticated(redisUrl) {
  const service = await startService({ redisUrl });
  const [wallet] = makeWallets(1);
  const { accessToken } = await signIn(service.url, wallet);
  return { ...service, headers: { authorization: `Bearer ${accessToken}` } };
}

function requestTo({ url, headers }) {
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ session { id } }' }),
  };
}
