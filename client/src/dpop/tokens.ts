/** Access and refresh tokens of the service. The session id is at the same place in both. */
const ACCESS_TOKEN = /wsa_[\w-]{83}/;
const REFRESH_TOKEN = /wsr_[\w-]{108}/;
const SESSION_ID_START = 24;
const SESSION_ID_LENGTH = 20;

/** The id of the session that a token belongs to; it is not secret. */
const sessionIdIn = (token: string): string =>
  token.slice(SESSION_ID_START, SESSION_ID_START + SESSION_ID_LENGTH);

/** The access token in an `Authorization` header, or `undefined` if it has none of the service. */
export function bearerIn(authorization: unknown): string | undefined {
  const [, token] = /^Bearer (wsa_\S+)$/i.exec(String(authorization)) ?? [];
  return token;
}

/** The session of an access token, or of the refresh token in a body. */
export function sessionIdOf(accessToken: string | undefined, body: string): string | undefined {
  const token = accessToken ?? REFRESH_TOKEN.exec(body)?.[0];
  return token === undefined ? undefined : sessionIdIn(token);
}

/** The session that a response to a sign-in has started. `undefined` without one, and if it says that it is not bound. */
export function boundSessionIn(answer: string): string | undefined {
  const token = ACCESS_TOKEN.exec(answer)?.[0];
  const isBound = !/"keyBound":\s*false/.test(answer);
  return token !== undefined && isBound ? sessionIdIn(token) : undefined;
}

/** Whether the body of a request without a token is a sign-in: it has the signature of a wallet. */
export function isSignIn(body: string): boolean {
  try {
    const { variables, signature } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    const given = (variables as { signature?: unknown } | undefined)?.signature ?? signature;
    return typeof given === 'string';
  } catch {
    return false;
  }
}

/** Whether a request was refused because its proof lacks a nonce, and nothing of it was done. */
export function isRefusedForNonce(answer: string): boolean {
  try {
    const { errors, code, data } = JSON.parse(answer) as {
      errors?: readonly { extensions?: { code?: unknown } }[];
      code?: unknown;
      data?: Readonly<Record<string, unknown>> | null;
    };
    const codes = [code, ...(errors ?? []).map(({ extensions }) => extensions?.code)];
    const isDone = Object.values(data ?? {}).some((field) => field !== null);
    return codes.includes('KEY_PROOF_NONCE_REQUIRED') && !isDone;
  } catch {
    return false;
  }
}
