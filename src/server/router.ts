import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReportError } from '../graphql/errors.js';
import type { ClientInfo } from '../sessions/session.js';
import { bearsBody, closeWithResponse } from '../http/lingering-close.js';
import { refuse, RequestRefused } from '../http/refusal.js';
import { addLate } from '../http/whole-response.js';
import cors from 'cors';

/** Answers one request. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  source: ClientInfo,
) => Promise<unknown> | undefined;

interface RouterOptions {
  /** The handler of each path. */
  readonly routes: ReadonlyMap<string, Handler>;
  /** The paths whose handlers read the body of a POST. */
  readonly readsBodies: ReadonlySet<string>;
  /**
   * Checks a request and returns its path.
   * @throws RequestRefused
   */
  readonly admit: (request: IncomingMessage) => string;
  readonly sourceOf: (request: IncomingMessage) => ClientInfo;
  readonly report: ReportError;
}

/** Passes each request to the handler of its path, with a request id that the response repeats. */
export function createRouter(options: RouterOptions) {
  const { routes, readsBodies, admit, sourceOf, report } = options;
  return (request: IncomingMessage, response: ServerResponse): void => {
    // The connection was closed after the request had been parsed.
    if (request.socket.destroyed) return;
    const source = sourceOf(request);
    if (source.requestId !== undefined) addLate(response, 'x-request-id', source.requestId);
    const fail = (error: unknown) => {
      report(error, source);
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    };
    try {
      const path = admit(request);
      // The connection of a body that no handler reads closes with the response: what follows is not another request.
      if (bearsBody(request) && !(request.method === 'POST' && readsBodies.has(path))) {
        closeWithResponse(response);
      }
      const handle = routes.get(path) ?? notFound;
      handle(request, response, source)?.catch(fail);
    } catch (error) {
      if (error instanceof RequestRefused) refuse(response, error);
      else fail(error);
    }
  };
}

export const notFound: Handler = (_request, response) => {
  response.statusCode = 404;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end('Not found.\n');
};

/** Seconds that browsers may cache a preflight response: the maximum of Chromium. */
const PREFLIGHT_MAX_AGE = 7200;

export interface CorsOptions {
  /** The web origins whose scripts may read responses. */
  readonly origins: readonly string[];
  /** Whether their requests may include cookies. */
  readonly credentials: boolean;
}

/**
 * Lets scripts of the listed origins call a handler, and answers their preflights (CORS, Fetch Standard §3.2). Other pages
 * can send requests but cannot read the responses.
 */
export function withCors(handle: Handler, { origins, credentials }: CorsOptions): Handler {
  const apply = cors<IncomingMessage>({
    origin: [...origins],
    credentials,
    methods: ['GET', 'POST'],
    exposedHeaders: ['dpop-nonce', 'retry-after', 'www-authenticate', 'x-request-id'],
    maxAge: PREFLIGHT_MAX_AGE,
  });
  return (request, response, source) => {
    // Without an `Origin` header, the request is not cross-origin: only `Vary` is needed.
    if (request.headers.origin === undefined) {
      addLate(response, 'vary', 'Origin');
      return handle(request, response, source);
    }
    let answer: ReturnType<Handler> = undefined;
    // The callback runs synchronously, unless the middleware has answered a preflight.
    apply(request, response, () => {
      answer = handle(request, response, source);
    });
    return answer;
  };
}
