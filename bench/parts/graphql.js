import { loadWithWrk } from '../load/wrk.js';
import { summarize } from '../report/comparison.js';
import { requestTo, SESSION, startAuthenticated } from '../service/graphql-request.js';
import { startService } from '../service/start.js';
import { measureOverStarts } from './starts.js';

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
  run: async () => [
    await compareWithPeers(),
    await compareWithAnonymous('typename', '{ __typename }', 'the same answer'),
    await compareWithAnonymous('session', SESSION, 'a longer answer than null'),
  ],
};

async function compareWithPeers() {
  const subjectOf = ({ name, server, redis }) => ({
    name,
    server,
    redis,
    load: (seconds) => loadWithWrk(requestTo(server), { seconds }),
  });
  return summarize({
    id: 'peers',
    title: SESSION,
    reference: 'Apollo Server 5 on node:http',
    rounds: await measureOverStarts(peers, (servers) => servers.map(subjectOf)),
  });
}

/**
 * One server, asked with a session and without: with a header that is as long and says nothing, so that
 * what is compared is the check. Only of a query that needs none is the answer the same.
 */
async function compareWithAnonymous(id, query, what) {
  const subjectsOf = ([{ server, redis }]) => {
    const { authorization } = server.headers;
    const asked = {
      authenticated: { authorization },
      anonymous: { 'x-not-checked': authorization },
    };
    return Object.entries(asked).map(([name, headers]) => ({
      name,
      server,
      redis,
      load: (seconds) => loadWithWrk(requestTo({ ...server, headers }, { query }), { seconds }),
    }));
  };
  return summarize({
    id,
    title: `What a session adds at the same server: ${query}, ${what}`,
    reference: 'anonymous',
    rounds: await measureOverStarts({ [AUTHENTICATED]: peers[AUTHENTICATED] }, subjectsOf),
  });
}
