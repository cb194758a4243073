/** The headers by which a browser says where a request comes from; no script can forge them. */
export interface PageHeaders {
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Whether a request comes from a page of this very origin, or of one in the list. A request that does not
 * say comes from none. (OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata" and "Verifying Origin")
 */
export function isFromAllowedPage(headers: PageHeaders, origins: readonly string[]): boolean {
  if (headers['sec-fetch-site'] === 'same-origin') return true;
  return headers.origin !== undefined && origins.includes(headers.origin);
}
