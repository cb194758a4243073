import { loadWithWrk } from '../load/wrk.js';
import { compare } from '../report/comparison.js';
import { withServers } from './servers.js';

const peers = {
  'node:http, nothing checked': { file: 'peers/session-check/node-http.js' },
  'Express 5, nothing checked': { file: 'peers/session-check/express.js' },
  'this project in Express 5': { file: 'service/express.js' },
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
  run: () =>
    withServers(peers, async (servers) => [
      await compare({
        title: 'GET / with a valid session',
        reference: 'Express 5, nothing checked',
        subjects: servers.map(({ name, server, redis }) => ({
          name,
          server,
          redis,
          load: (seconds) => loadWithWrk(server, { seconds }),
        })),
      }),
    ]),
};
