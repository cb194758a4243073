/**
 * The access token in an `Authorization` header (RFC 6750 §2.1), or `undefined` where it bears none. Another scheme is
 * meant for somebody else: a proxy that asks for a password sees to it that every request of a browser has one.
 * What comes after `Bearer` is not looked at here: what is no token is refused like any other.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^Bearer(?: |$)/i.test(authorization)) return undefined;
  return authorization.slice('Bearer'.length).trim();
}
