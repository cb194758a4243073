import { fileURLToPath } from 'node:url';
import { SERVER_CORE } from '../system/cores.js';
import { freePort, startProgram } from '../system/processes.js';

const pathOf = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** This service, as `npm start` runs it, and as it is published. */
export const PROGRAM = pathOf('dist/main.js');
export const PACKED_PROGRAM = pathOf('service/dist/program/main.js');

/** The secret of every instance in the benchmarks. */
export const SECRET_KEY = { id: 'bench', secret: Buffer.alloc(32, 7) };

/** As an operator would configure it; only what would refuse so many requests of one client is off. */
export function environmentFor(redisUrl, port) {
  return {
    PORT: String(port),
    REDIS_URL: redisUrl,
    SESSION_KEYS: `${SECRET_KEY.id}:${SECRET_KEY.secret.toString('base64')}`,
    SIGN_IN_ORIGINS: ORIGIN,
    RATE_LIMIT_CHALLENGE_PER_IP: 'none',
    RATE_LIMIT_SIGN_IN_PER_IP: 'none',
    RATE_LIMIT_SIGN_IN_PER_WALLET: 'none',
    RATE_LIMIT_REFRESH_PER_IP: 'none',
    RATE_LIMIT_REFRESH_PER_SESSION: 'none',
    RATE_LIMIT_LOGOUT_PER_SESSION: 'none',
    WEBSOCKET_LIMIT_PER_IP: '0',
    CONNECTION_LIMIT_PER_IP: '0',
    WEBSOCKET_LIMIT_PER_SESSION: '0',
    WEBSOCKET_LIMIT: '0',
    WEBSOCKET_SUBSCRIPTION_LIMIT_PER_IP: '0',
    WEBSOCKET_SUBSCRIPTION_LIMIT_PER_SESSION: '0',
    WEBSOCKET_SUBSCRIPTION_LIMIT: '0',
    WEBSOCKET_MEMORY_PER_IP: '0',
    WEBSOCKET_MEMORY: '0',
  };
}

export const ORIGIN = 'https://app.example.com';

/** This service, on a port of its own. */
export async function startService({
  redisUrl,
  core = SERVER_CORE,
  environment = {},
  program = PROGRAM,
}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/graphql`;
  const variables = { ...environmentFor(redisUrl, port), ...environment };
  const server = await startProgram(core, process.execPath, [program], variables, async () => {
    const { ok } = await fetch(`${url}?query={__typename}`, { headers: JSON_REQUEST });
    return ok;
  });
  return { ...server, url };
}

/** What a GraphQL request bears; the second one is what CSRF prevention wants of a GET. */
const JSON_REQUEST = { 'content-type': 'application/json', 'apollo-require-preflight': 'true' };

/** @throws Error with the errors of the answer */
export async function askGraphQL(url, query, { variables, accessToken, headers } = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
