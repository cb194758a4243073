/**
 * Returns the access token in an `Authorization` header (RFC 6750, section 2.1), or `undefined` without one. Other schemes
 * are ignored: behind a proxy with a password, browsers send `Basic` with every request. The form of the token is not
 * checked here.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !/^Bearer(?: |$)/i.test(authorization)) return undefined;
  return authorization.slice('Bearer'.length).trim();
}

/**
 * The `WWW-Authenticate` of an answer with 401. It names the error only if the request had credentials (RFC 6750 §3).
 */
export function challengeOf(authorization: string | undefined): string {
  return authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
}

/** How JavaScript prints a value that is missing or is not a string. */
const PLACEHOLDER = /^(?:undefined|null|NaN|\[object \w+\]|)$/;

/**
 * The mistake in an access token that the client's code put together from a missing value, like `Bearer undefined`, for
 * the message of the refusal; otherwise `undefined`. Short enough for the reason in a close frame.
 */
export function mistakeInToken(token: string | undefined): string | undefined {
  if (token === undefined || !PLACEHOLDER.test(token)) return undefined;
  const what = token === '' ? 'empty' : `"${token}", a missing value`;
  return `The access token is ${what}. Send authorization only with a token.`;
}

/**
 * The `authorization` in a message of a WebSocket, like `connectionParams`: at its top level or in `headers`, as several
 * clients send it, and in upper or lower case (RFC 9110 §5.1). `undefined` without one.
 */
export function authorizationIn(message: Readonly<Record<string, unknown>> | undefined): unknown {
  return fieldIn(message, 'authorization') ?? fieldIn(message?.['headers'], 'authorization');
}

function fieldIn(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const entries = Object.entries(fields);
  return entries.find(
    ([key, value]) => key.toLowerCase() === name && value != null,
  )?.[1] as unknown;
}
