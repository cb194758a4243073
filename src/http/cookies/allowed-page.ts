import { isLoopback } from '../../loopback.js';

/** The headers by which a browser says where a request comes from. Scripts cannot set them. */
export interface PageHeaders {
  readonly origin?: string | undefined;
  readonly host?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
  readonly 'sec-fetch-mode'?: string | string[] | undefined;
  readonly 'sec-fetch-dest'?: string | string[] | undefined;
}

export interface PageRequest {
  readonly method?: string | undefined;
  readonly headers: PageHeaders;
}

/**
 * Whether a page of the server's own origin or of a listed origin sent a request: one rule for HTTP and WebSocket.
 * Browsers without fetch metadata, React Native, and Chromium in WebSocket handshakes do not send `Sec-Fetch-Site`, so
 * `Origin` is then compared with `Host`. (OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata" and "Verifying Origin")
 * @param mayBeOwn whether an origin that `Host` confirms is accepted. Default: always
 */
export function isFromPage(
  headers: PageHeaders,
  origins: readonly string[],
  mayBeOwn: (origin: string) => boolean = () => true,
): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site === 'same-origin') return true;
  if (origin === undefined) return false;
  if (origins.includes(origin)) return true;
  return site === undefined && isOriginOf(host, origin) && mayBeOwn(origin);
}

/** Whether an origin has this host, with any scheme: a proxy may terminate TLS. */
function isOriginOf(host: string | undefined, origin: string): boolean {
  const [, scheme] = /^(https?:\/\/)./.exec(origin) ?? [];
  if (scheme === undefined || host === undefined) return false;
  const own = scheme + host;
  // `origin` is in lower case and without the default port.
  return URL.canParse(own) && new URL(own).origin === origin;
}

/**
 * Whether the cookies of a request count: it comes from an allowed page ({@link isFromPage}) or is a visit of the server's
 * own origin. A page that was not loaded securely is not of the same origin. A request without these headers comes from
 * no page.
 */
export function isFromAllowedPage(request: PageRequest, origins: readonly string[]): boolean {
  const { headers } = request;
  if (isFromPage(headers, origins, takesCookies)) return true;
  return headers.origin === undefined && isVisit(request);
}

/**
 * Whether the visitor opened a page by the address bar, a bookmark or a link of the same site. Such a request only reads,
 * and no other page sees the response. Requests from other sites have no cookies (`SameSite=Strict`).
 */
function isVisit({ method, headers }: PageRequest): boolean {
  const site = headers['sec-fetch-site'];
  return (
    (method === 'GET' || method === 'HEAD') &&
    (site === 'none' || site === 'same-site') &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

/** Whether browsers accept `Secure` cookies from an origin: a secure one, or the loopback (W3C Secure Contexts). */
export function takesCookies(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || isLoopback(hostname);
}
