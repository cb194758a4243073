/**
 * The access token in an `Authorization` header (RFC 6750 §2.1), or `undefined` where there is none.
 * What is no bearer token comes back as a token that is none, so that it is refused like any other.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1] ?? '';
}
