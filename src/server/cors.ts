import cors from 'cors';
import type { IncomingMessage } from 'node:http';
import type { Handler } from './router.js';

/** How long a browser may keep the answer to a preflight, in seconds: the longest that Chromium does. */
const PREFLIGHT_MAX_AGE = 7200;

export interface CorsOptions {
  /** The web origins whose scripts may read the answers. */
  readonly origins: readonly string[];
  /** Whether their requests may bear cookies. */
  readonly credentials: boolean;
}

/**
 * Lets the pages of the listed origins call a handler from their scripts, and answers their preflights
 * (CORS, Fetch Standard §3.2). Any other page is not stopped from asking, but cannot read the answer.
 */
export function withCors(handle: Handler, { origins, credentials }: CorsOptions): Handler {
  const apply = cors<IncomingMessage>({
    origin: [...origins],
    credentials,
    methods: ['GET', 'POST'],
    exposedHeaders: ['retry-after', 'x-request-id'],
    maxAge: PREFLIGHT_MAX_AGE,
  });
  return (request, response, source) => {
    // Who names no origin is no page of another one: all there is to say is that the answer would depend on it.
    if (request.headers.origin === undefined) {
      response.setHeader('vary', 'Origin');
      return handle(request, response, source);
    }
    let answer: ReturnType<Handler> = undefined;
    // It calls back at once, unless it has answered a preflight itself.
    apply(request, response, () => {
      answer = handle(request, response, source);
    });
    return answer;
  };
}
