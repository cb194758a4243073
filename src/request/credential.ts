/**
 * Whether somebody shows a token in an `Authorization` header. Another scheme is meant for somebody else: a proxy
 * that asks for a password sees to it that every request of a browser has one.
 */
export function hasBearerToken(authorization: string | undefined): boolean {
  return authorization !== undefined && /^Bearer(?: |$)/i.test(authorization);
}

/**
 * The access token in an `Authorization` header (RFC 6750 §2.1), or `undefined` where there is none.
 * What is no bearer token comes back as a token that is none, so that it is refused like any other.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1] ?? '';
}
