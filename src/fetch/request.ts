import type { IncomingHttpHeaders } from 'node:http';
import type { ResponseHeaders } from '../http/cookies/put-cookies.js';
import type { RequestHead } from '../http/reader.js';

/** What a framework knows of a client, and a `Request` does not tell. Without it, all clients share one rate limit. */
export interface FetchClient {
  /** The client's address, if the framework has read it by its own setting for proxies. */
  readonly ip?: string | undefined;
  /** The address of the connection. `X-Forwarded-For` counts if it is one of `trustedProxies`. */
  readonly remoteAddress?: string | undefined;
}

/**
 * A web-standard request, its headers alone, or the request of `node:http` on which a framework builds its own, such as
 * `c.env.incoming` in Hono: to copy its headers into `Headers` takes longer than to validate a session.
 */
export type FetchRequest = Request | Headers | RequestHead;

/** Reads a header when it is asked for: to copy them all takes longer than to validate a session. */
const HEADER_READER: ProxyHandler<Headers> = {
  get: (headers, name) => (typeof name === 'string' ? (headers.get(name) ?? undefined) : undefined),
};

const adapted = new WeakMap<Request | Headers, RequestHead>();

/** The same object for the same request, so that a session in cookies is opened once. */
export function httpRequestOf(given: FetchRequest, client: FetchClient = {}): RequestHead {
  if (isRequestHead(given)) return given;
  const known = adapted.get(given);
  if (known !== undefined) return known;
  const made = adapt(given, client);
  adapted.set(given, made);
  return made;
}

const isRequestHead = (given: FetchRequest): given is RequestHead =>
  'headers' in given && typeof given.headers.get !== 'function';

function adapt(given: Request | Headers, { ip, remoteAddress }: FetchClient): RequestHead {
  const [request, headers] = 'headers' in given ? [given, given.headers] : [undefined, given];
  return {
    // Headers alone are those of a page that renders. Browsers send `Origin` with every POST, so no form passes for a visit.
    method: request?.method ?? 'GET',
    // In origin form, as servers receive it: a proof of a key is for this path. Few requests have a proof.
    get url() {
      return request?.url.slice(new URL(request.url).origin.length);
    },
    headers: new Proxy(headers, HEADER_READER) as unknown as IncomingHttpHeaders,
    socket: { remoteAddress },
    ip,
  };
}

/** The headers of a response as those of `node:http` are written. */
export function responseHeadersOf(headers: Headers): ResponseHeaders {
  return {
    getHeader: (name) =>
      name === 'set-cookie' ? headers.getSetCookie() : (headers.get(name) ?? undefined),
    setHeader(name, value) {
      headers.delete(name);
      for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one);
    },
  };
}
