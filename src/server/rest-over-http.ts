import type { IncomingMessage } from 'node:http';
import { assertJson, assertShortHeaders, parseJson } from '../http/json-request.js';
import { bearsBody, closeUnlessWhole } from '../http/lingering-close.js';
import { createRestApi, JWKS_PATH, type RestSources } from '../rest/api.js';
import type { ClientInfo } from '../sessions/session.js';
import { withCors, type CorsOptions, type Handler } from './router.js';
import type { ReadBody } from './request-bodies.js';

/** Path of the REST API. */
const REST_PATH = '/api';

/** Where verifiers look for the public keys of identity tokens, in addition to `/api/jwks.json`. */
const WELL_KNOWN_JWKS_PATH = '/.well-known/jwks.json';

export interface RestOverHttpOptions {
  readonly walletSessions: RestSources;
  readonly readBody: ReadBody;
  readonly cors: CorsOptions;
}

/** The handlers of the REST API, by path. */
export function createRestOverHttp(options: RestOverHttpOptions): ReadonlyMap<string, Handler> {
  const { walletSessions, readBody, cors } = options;
  const api = createRestApi(walletSessions);

  const handlerOf =
    (path: string): Handler =>
    async (request, response, source) => {
      const { url = '' } = request;
      const query = url.indexOf('?');
      const { status, headers, body } = await api.answer({
        request,
        path,
        search: new URLSearchParams(query === -1 ? '' : url.slice(query)),
        response,
        original: request,
        readBody: () => readJsonBody(request, source, readBody),
      });
      closeUnlessWhole(response);
      response.statusCode = status;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.end(body);
    };
  const handlers = new Map(
    api.paths.map((path) => [REST_PATH + path, withCors(handlerOf(path), cors)]),
  );
  if (api.paths.includes(JWKS_PATH)) {
    // Any origin may read the keys: their response says so itself.
    handlers.set(REST_PATH + JWKS_PATH, handlerOf(JWKS_PATH));
    handlers.set(WELL_KNOWN_JWKS_PATH, handlerOf(JWKS_PATH));
  }
  return handlers;
}

async function readJsonBody(
  request: IncomingMessage,
  { ipAddress }: ClientInfo,
  readBody: ReadBody,
): Promise<unknown> {
  if (!bearsBody(request)) return undefined;
  assertShortHeaders(request.headers);
  assertJson(request.headers);
  const bytes = await readBody(request, ipAddress);
  return bytes.length === 0 ? undefined : parseJson(bytes);
}
