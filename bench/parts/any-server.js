import { loadWithWrk } from '../load/wrk.js';
import { summarize } from '../report/comparison.js';
import { measureAllOverStarts } from './starts.js';

const HTTP = 'node:http with the same response headers, nothing checked';
const FASTIFY = 'Fastify 5, nothing checked';
const HONO = 'Hono on Node.js, nothing checked';

const servers = {
  [HTTP]: { file: 'peers/any-server/node-http.js' },
  'node:http without response headers, nothing checked': {
    file: 'peers/any-server/node-http-without-headers.js',
  },
  'GET /auth of this service': {
    file: 'service/any-server/service.js',
    environment: { ASK: 'auth' },
  },
  'POST /introspect of this service': {
    file: 'service/any-server/service.js',
    environment: { ASK: 'introspect' },
  },
  [FASTIFY]: { file: 'peers/any-server/fastify.js' },
  'this project in Fastify 5': { file: 'service/any-server/fastify.js' },
  [HONO]: { file: 'peers/any-server/hono.js' },
  'this project in Hono': { file: 'service/any-server/hono.js' },
};

const tables = [
  {
    id: 'service',
    title: 'A proxy or a server asks this service about a session',
    reference: HTTP,
  },
  { id: 'fastify', title: 'A session checked in Fastify', reference: FASTIFY },
  { id: 'hono', title: 'A session checked in Hono', reference: HONO },
];

const NAMES = Object.keys(servers);
const OF_TABLES = [NAMES.slice(0, 4), NAMES.slice(4, 6), NAMES.slice(6)];

export const anyServer = {
  name: 'any-server',
  title: 'A session checked for other servers and frameworks',
  async run() {
    const subjectsOf = (names) => (running) =>
      running
        .filter(({ name }) => names.includes(name))
        .map(({ name, server, redis }) => ({
          name,
          server,
          redis,
          load: (seconds) => loadWithWrk(server, { seconds }),
        }));
    const rounds = await measureAllOverStarts(servers, OF_TABLES.map(subjectsOf));
    return tables.map((table, position) => summarize({ ...table, rounds: rounds[position] }));
  },
};
