/** The headers by which a browser says where a request comes from; no script can forge them. */
export interface PageHeaders {
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
  readonly 'sec-fetch-mode'?: string | string[] | undefined;
  readonly 'sec-fetch-dest'?: string | string[] | undefined;
}

export interface PageRequest {
  readonly method?: string | undefined;
  readonly headers: PageHeaders;
}

/**
 * Whether a request comes from a page of this very origin, or of one in the list, or is a visit of this
 * origin. A request that does not say comes from none. (OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata"
 * and "Verifying Origin")
 */
export function isFromAllowedPage(request: PageRequest, origins: readonly string[]): boolean {
  const { headers } = request;
  if (headers['sec-fetch-site'] === 'same-origin') return true;
  if (headers.origin !== undefined) return origins.includes(headers.origin);
  return isVisit(request);
}

/**
 * The address bar, a bookmark or a link of the same site, opened as a page: it reads, and shows what it has
 * read to the visitor alone. From another site a browser takes no cookies along (`SameSite=Strict`).
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
