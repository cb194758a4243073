import type { IncomingMessage } from 'node:http';
import { assertJson, assertShortHeaders, parseJson } from '../http/json-request.js';
import { bearsBody, closeWithAnswer } from '../http/lingering-close.js';
import { pathOf } from '../http/request-target.js';
import { createRestApi, type RestSources } from '../rest/api.js';
import type { ClientInfo } from '../sessions/session.js';
import type { ReadBody } from './request-bodies.js';
import type { Handler } from './router.js';

/** Path of the REST API. */
export const REST_PATH = '/api';

export interface RestOverHttpOptions {
  readonly walletSessions: RestSources;
  readonly readBody: ReadBody;
}

/** The handlers of the REST API, by path. */
export function createRestOverHttp(options: RestOverHttpOptions): ReadonlyMap<string, Handler> {
  const { walletSessions, readBody } = options;
  const api = createRestApi(walletSessions);

  const handle: Handler = async (request, response, source) => {
    const { url = '' } = request;
    const query = url.indexOf('?');
    const { status, headers, body } = await api.answer({
      request,
      path: pathOf(request).slice(REST_PATH.length),
      search: new URLSearchParams(query === -1 ? '' : url.slice(query)),
      answer: response,
      original: request,
      readBody: () => readJsonBody(request, source, readBody),
    });
    if (!request.complete && bearsBody(request)) closeWithAnswer(response);
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(body);
  };
  return new Map(api.paths.map((path) => [REST_PATH + path, handle]));
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
