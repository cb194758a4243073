import cors from 'cors';
import type { IncomingMessage } from 'node:http';
import type { Handler } from './router.js';

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
      response.setHeader('vary', 'Origin');
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
