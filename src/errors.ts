/**
 * The codes of all errors that this package raises on purpose, with their default messages.
 *
 * Codes are stable, because clients branch on them (in GraphQL `errors[].extensions.code`, in Express `code` of the problem
 * document): a code is never renamed and never gets a second meaning. If the difference between "wrong" and "unknown" would
 * help an attacker, both have the same code and message.
 */
export const ERROR_CODES = {
  BAD_USER_INPUT: 'Invalid argument; the message says which.',
  UNAUTHENTICATED: 'No valid session came with the request, and what it asks for needs one.',
  KEY_PROOF_REQUIRED:
    'The session is bound to a key of its client, or the service asks for a key: a proof of the key (DPoP, RFC 9449) must come with the request.',
  KEY_PROOF_INVALID: 'The proof of the key was refused; the message says why. Nothing has changed.',
  KEY_PROOF_NONCE_REQUIRED:
    'The proof of the key needs a current nonce of the service: sign another one with the `nonce` of this answer, and repeat.',
  ORIGIN_NOT_ALLOWED: 'The request came with cookies, and not from a page of an allowed origin.',
  HTTP_REQUIRED:
    'The tokens of this browser go in cookies, which can be set neither over a WebSocket nor on a response that has begun: sign in and refresh over HTTP.',
  FORBIDDEN: 'This is for administrators, and the wallet is not one.',
  REAUTHENTICATION_REQUIRED:
    'This needs a wallet that signed a short while ago: sign a new challenge, reauthenticate with it and repeat.',
  WALLET_MISMATCH: 'The message is signed by another wallet than the session belongs to.',
  MESSAGE_MALFORMED: 'The sign-in message is not a well-formed EIP-4361 message.',
  DOMAIN_NOT_ALLOWED: 'The message is for a domain (or scheme) that this service does not serve.',
  URI_NOT_ALLOWED: 'The URI in the message is not on the origin that its domain belongs to.',
  CHAIN_NOT_ALLOWED: 'The chain in the message or challenge is not on the allow-list.',
  MESSAGE_NOT_YET_VALID: "The message's not-before or issued-at lies in the future.",
  MESSAGE_EXPIRED:
    "The message's expiration time has passed, or it was issued before its challenge.",
  SIGNATURE_INVALID: 'The signature is not one of this message by the address it names.',
  NONCE_INVALID:
    'The nonce is unknown, expired, already used, or bound to another address or chain.',
  WALLET_VERIFICATION_UNAVAILABLE:
    'The chain of a wallet that is a contract could not be asked; nothing was decided, and the nonce was not used. Try again.',
  SIGN_IN_REFUSED: 'The application refused the sign-in.',
  SESSION_LIMIT_REACHED:
    'The wallet has as many sessions as it may have, and the policy is to refuse a further one.',
  REFRESH_TOKEN_INVALID: 'The refresh token is malformed, unknown, expired, used or revoked.',
  SESSION_NOT_FOUND: 'The wallet has no active session with that id.',
  IDENTITY_TOKENS_DISABLED:
    'This server issues no identity tokens. Its operator must configure their audiences first.',
  RATE_LIMITED:
    'This address, wallet or session tried it too often, or sent too many different documents. Wait for the seconds in `retryAfter`, or over HTTP in `Retry-After`.',
  SERVICE_UNAVAILABLE:
    'The session store did not answer in time: what was asked for may have been done, or not. Try again.',
} as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * An error that is meant for the caller: its message says what to do and contains no secret.
 * @example
 * ```ts
 * // In the hook `onSignIn`:
 * if (await isBlocked(attempt.wallet)) throw new WalletSessionsError('SIGN_IN_REFUSED', 'This wallet is blocked.');
 * // Where a session is refreshed:
 * if (error instanceof WalletSessionsError && error.code === 'REFRESH_TOKEN_INVALID') return signOut();
 * ```
 */
export class WalletSessionsError extends Error {
  override readonly name = 'WalletSessionsError';
  /** Seconds to wait before a retry, if known (`RATE_LIMITED`). */
  readonly retryAfter: number | undefined;
  /** The nonce for the next proof of a key (`KEY_PROOF_NONCE_REQUIRED`). */
  readonly nonce: string | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string = ERROR_CODES[code],
    options?: ErrorOptions & { readonly retryAfter?: number; readonly nonce?: string },
  ) {
    super(message, options);
    this.retryAfter = options?.retryAfter;
    this.nonce = options?.nonce;
  }

  /** graphql-js copies these to the `extensions` of the error in the response, in any GraphQL server. */
  get extensions(): {
    readonly code: ErrorCode;
    readonly retryAfter?: number;
    readonly nonce?: string;
  } {
    const { code, retryAfter, nonce } = this;
    return {
      code,
      ...(retryAfter !== undefined && { retryAfter }),
      ...(nonce !== undefined && { nonce }),
    };
  }
}

/** Whether the error says that the store did not answer, so that what was asked for may be repeated. */
export function isUnavailable(error: unknown): error is WalletSessionsError {
  return error instanceof WalletSessionsError && error.code === 'SERVICE_UNAVAILABLE';
}

/** A failure of something that the service depends on. It is logged as a warning, not as an error of the service. */
export class Warning extends Error {
  override readonly name = 'Warning';
}
