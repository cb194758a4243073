import { loadWithWrk } from '../load/wrk.js';
import { compare, summarize } from '../report/comparison.js';
import { requestTo, SESSION, startAuthenticated } from '../service/graphql-request.js';
import { startService } from '../service/start.js';
import { withServers } from './servers.js';
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
    ...(await withServers({ [AUTHENTICATED]: peers[AUTHENTICATED] }, compareWithAnonymous)),
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
    title: SESSION,
    reference: 'Apollo Server 5 on node:http',
    rounds: await measureOverStarts(peers, (servers) => servers.map(subjectOf)),
  });
}

/**
 * One server, asked with a session and without: with a header that is as long and says nothing, so that
 * what is compared is the check. It is the same for both queries; the answers are for the first one alone.
 */
async function compareWithAnonymous([{ server, redis }]) {
  const { authorization } = server.headers;
  const asked = { authenticated: { authorization }, anonymous: { 'x-not-checked': authorization } };
  const tables = [];
  for (const [query, what] of [
    ['{ __typename }', 'the same answer'],
    [SESSION, 'a longer answer than null'],
  ]) {
    tables.push(
      await compare({
        title: `What a session adds at the same server: ${query}, ${what}`,
        reference: 'anonymous',
        subjects: Object.entries(asked).map(([name, headers]) => ({
          name,
          server,
          redis,
          load: (seconds) => loadWithWrk(requestTo({ ...server, headers }, query), { seconds }),
        })),
      }),
    );
  }
  return tables;
}
