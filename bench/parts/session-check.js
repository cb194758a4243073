import { loadWithWrk } from '../load/wrk.js';
import { measureRounds, summarize } from '../report/comparison.js';
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

/**
 * How fast one process is differs from start to start, by what is where in its memory; that is as much as what is
 * measured here. So all are started several times.
 */
const STARTS = Number(process.env.BENCH_STARTS ?? 3);
/** Many short ones: how fast the machine is changes within seconds, and only what is close in time is comparable. */
const ROUNDS_A_START = Number(process.env.BENCH_ROUNDS ?? 10);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 1);

export const sessionCheck = {
  name: 'session-check',
  title: 'A session checked on each request',
  async run() {
    const rounds = [];
    for (let start = 0; start < STARTS; start += 1) {
      rounds.push(
        ...(await withServers(peers, (servers) =>
          measureRounds(servers.flatMap(subjectsOf), ROUNDS_A_START, SECONDS),
        )),
      );
    }
    const reference = 'Express 5, nothing checked';
    return [summarize({ title: 'GET / with a valid session', reference, rounds })];
  },
};

function subjectsOf({ name, server, redis }) {
  const subject = (what, url) => ({
    name: what,
    server,
    redis,
    load: (seconds) => loadWithWrk({ ...server, url }, { seconds }),
  });
  const subjects = [subject(name, server.url)];
  if (server.unchecked)
    subjects.push(subject(`${name}, where nothing is checked`, server.unchecked));
  return subjects;
}
