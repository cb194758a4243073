import { loadWithWrk } from '../load/wrk.js';
import { summarize } from '../report/comparison.js';
import { measureOverStarts } from './starts.js';

const REFERENCE = 'Express 5, nothing checked';

/** The check, and what it is added to: so near to each other that they are measured more often, and by themselves. */
const closest = {
  [REFERENCE]: { file: 'peers/session-check/express.js' },
  'this project in Express 5': { file: 'service/express.js' },
};

const peers = {
  'node:http, nothing checked': { file: 'peers/session-check/node-http.js' },
  ...closest,
  'express-session + connect-redis in Express 5': {
    file: 'peers/session-check/express-session.js',
  },
  'the same, whose expiry does not move (disableTouch)': {
    file: 'peers/session-check/express-session.js',
    environment: { DISABLE_TOUCH: 'on' },
  },
  'Better Auth with Redis in Express 5': { file: 'peers/session-check/better-auth.js' },
  'Better Auth with its cookie cache (stale for 5 min)': {
    file: 'peers/session-check/better-auth.js',
    environment: { COOKIE_CACHE: 'on' },
  },
};

export const sessionCheck = {
  name: 'session-check',
  title: 'A session checked on each request',
  run: async () => [
    summarize({
      id: 'peers',
      title: 'GET / with a valid session',
      reference: REFERENCE,
      rounds: await measureOverStarts(peers, subjectsOfAll),
    }),
    summarize({
      id: 'check-alone',
      title: 'GET / with a valid session: what the check adds to Express, measured by itself',
      reference: REFERENCE,
      rounds: await measureOverStarts(closest, subjectsOfAll, { times: 2 }),
    }),
  ],
};

const subjectsOfAll = (servers) => servers.flatMap(subjectsOf);

function subjectsOf({ name, server, redis }) {
  const subject = (what, url) => ({
    name: what,
    server,
    redis,
    load: (seconds) => loadWithWrk({ ...server, url }, { seconds }),
  });
  const subjects = [subject(name, server.url)];
  if (server.unchecked !== undefined) {
    subjects.push(subject(`${name}, where nothing is checked`, server.unchecked));
  }
  return subjects;
}
