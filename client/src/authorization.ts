/** The same on HTTP and on a WebSocket (RFC 6750). Without a token, nothing: nobody asks, or a cookie says who. */
export function authorizationOf(accessToken: string | null | undefined) {
  return accessToken ? { authorization: `Bearer ${accessToken}` } : {};
}
