import { loadWithWrk } from '../load/wrk.js';
import { summarize } from '../report/comparison.js';
import {
  byDocumentId,
  byHash,
  register,
  TRUSTED,
  withTrustedDocuments,
} from '../service/documents.js';
import { requestTo, SESSION, startAuthenticated } from '../service/graphql-request.js';
import { askEach, bearersOf, cookiesOf } from '../service/many-sessions.js';
import { measureAllOverStarts } from './starts.js';

const MANY = 10_000;
const OURS = 'this project';
const THEIRS = 'express-session + connect-redis';
const EXPRESS = {
  [OURS]: { file: 'service/express.js' },
  [THEIRS]: { file: 'peers/session-check/express-session.js' },
};

const ONE = 'one session';
const AT_RANDOM = `${MANY.toLocaleString('en-US')} sessions by chance`;
const SAME = 'the same each time';
const TEXT = 'its text';

/** `after` says something else each time; what it is for is not asked for, so that it costs nothing else. */
const WITH_VARIABLES = `query ($after: String, $more: Boolean!) {
  session { id }
  sessions(after: $after) @include(if: $more) { totalCount }
}`;

/** Several comparisons of one server, which is warm after the first. */
const SETTINGS = { rounds: 3, warmUp: 1 };

export const variety = {
  name: 'variety',
  title: 'Requests that differ from each other, by those that are always the same',
  async run() {
    const [sessions, variables, documents] = await withTrustedDocuments((environment) =>
      measureAllOverStarts(
        { [OURS]: { start: (redisUrl) => startAuthenticated(redisUrl, environment) } },
        [subjectsOfSessions, subjectsOfVariables, subjectsOfDocuments],
        SETTINGS,
      ),
    );
    const [inExpress] = await measureAllOverStarts(EXPRESS, [subjectsInExpress], SETTINGS);
    return [
      summarize({
        id: 'sessions',
        title: `${SESSION} over GraphQL, all sessions in memory`,
        reference: ONE,
        rounds: sessions,
      }),
      summarize({
        id: 'sessions-in-express',
        title: 'GET / with a valid session in Express 5',
        reference: `${OURS}, ${ONE}`,
        rounds: inExpress,
      }),
      summarize({
        id: 'variables',
        title: 'a query with variables that change nothing in its answer',
        reference: SAME,
        rounds: variables,
      }),
      summarize({
        id: 'documents',
        title: `a document of ${TRUSTED.length} characters, named by …`,
        reference: TEXT,
        rounds: documents,
      }),
    ];
  },
};

async function subjectsOfSessions([ours]) {
  const heads = await bearersOf(ours, MANY);
  const requests = heads.map((headers) => requestTo({ ...ours.server, headers }));
  return subjectsOf(ours, { [ONE]: requests.slice(0, 1), [AT_RANDOM]: requests });
}

async function subjectsInExpress([ours, theirs]) {
  const subjects = [];
  for (const [peer, heads] of [
    [ours, await bearersOf(ours, MANY)],
    [theirs, await cookiesOf(theirs, MANY)],
  ]) {
    const requests = heads.map((headers) => ({ url: peer.server.url, headers }));
    const asked = {
      [`${peer.name}, ${ONE}`]: requests.slice(0, 1),
      [`${peer.name}, ${AT_RANDOM}`]: requests,
    };
    subjects.push(...(await subjectsOf(peer, asked)));
  }
  return subjects;
}

function subjectsOfVariables([ours]) {
  const requests = Array.from({ length: MANY }, (_none, index) => {
    const after = `cursor-${String(index).padStart(6, '0')}`;
    return requestTo(ours.server, { query: WITH_VARIABLES, variables: { after, more: false } });
  });
  return subjectsOf(ours, { [SAME]: requests.slice(0, 1), 'other ones each time': requests });
}

async function subjectsOfDocuments([ours]) {
  await register(ours.server);
  return subjectsOf(ours, {
    [TEXT]: [requestTo(ours.server, { query: TRUSTED })],
    'its documentId': [requestTo(ours.server, byDocumentId)],
    'its hash, as an automatic persisted query': [requestTo(ours.server, byHash)],
  });
}

/** One server, asked in several ways. */
async function subjectsOf({ server, redis }, asked) {
  const subjects = [];
  for (const [name, requests] of Object.entries(asked)) {
    await askEach(requests);
    subjects.push({ name, server, redis, load: (seconds) => loadWithWrk(requests, { seconds }) });
  }
  return subjects;
}
