/**
 * The codes of all errors that this package raises on purpose, with their default messages.
 *
 * Codes are stable, because clients branch on them (in GraphQL `errors[].extensions.code`, in Express `code` of the problem
 * document): a code is never renamed and never gets a second meaning. If the difference between "wrong" and "unknown" would
 * help an attacker, both have the same code and message.
 */
export const ERROR_CODES = {
  BAD_USER_INPUT: 'Invalid argument; the message says which.',
  UNAUTHENTICATED: 'This needs a valid session, and the request has none. Sign in.',
  KEY_PROOF_REQUIRED:
    'The session is bound to a key of its client, or the service requires a key: send a proof of the key (DPoP, RFC 9449) with the request.',
  KEY_PROOF_INVALID: 'The proof of the key is invalid; the message says why. Nothing was changed.',
  KEY_PROOF_NONCE_REQUIRED:
    'The proof of the key needs a current nonce of the service: sign a new proof with the `nonce` of this error, and repeat the request.',
  ORIGIN_NOT_ALLOWED:
    'The request has cookies, but does not come from a page of an allowed origin.',
  HTTP_REQUIRED:
    'The tokens of this browser are in cookies, which cannot be set over a WebSocket or after the headers of a response were sent: sign in and refresh over HTTP.',
  FORBIDDEN: 'Only administrators may do this.',
  REAUTHENTICATION_REQUIRED:
    'This needs a fresh signature of the wallet: sign a new challenge, reauthenticate with it and repeat the request.',
  WALLET_MISMATCH: 'The wallet of the message is not the wallet of the session.',
  MESSAGE_MALFORMED:
    'The sign-in message is not well-formed for its kind of wallet (EIP-4361 for Ethereum, CAIP-122 for Solana).',
  DOMAIN_NOT_ALLOWED: 'The domain or scheme of the message is not allowed.',
  URI_NOT_ALLOWED: 'The URI of the message is not of the same origin as its domain.',
  CHAIN_NOT_ALLOWED: 'The chain of the message or challenge is not allowed.',
  MESSAGE_NOT_YET_VALID: 'The not-before or issued-at time of the message is in the future.',
  MESSAGE_EXPIRED: 'The message has expired, or was issued before its challenge.',
  SIGNATURE_INVALID: 'The signature is not a valid signature of this message by the address in it.',
  NONCE_INVALID:
    'The nonce is unknown, expired, already used, or bound to another address or chain.',
  WALLET_VERIFICATION_UNAVAILABLE:
    'The signature of the contract wallet could not be verified now. The nonce was not used: try again.',
  SIGN_IN_REFUSED: 'The application refused the sign-in.',
  SESSION_LIMIT_REACHED: 'The wallet has reached its limit of sessions. Log out one of them first.',
  REFRESH_TOKEN_INVALID: 'The refresh token is malformed, unknown, expired, used or revoked.',
  SESSION_NOT_FOUND: 'The wallet has no active session with that id.',
  IDENTITY_TOKENS_DISABLED:
    'This service issues no identity tokens. Its operator must configure their audiences first.',
  RATE_LIMITED:
    'Too many requests from this address, wallet or session, or too many different documents. Wait for the number of seconds in `retryAfter`, or over HTTP in `Retry-After`.',
  SERVICE_UNAVAILABLE:
    'The session store did not answer in time. The operation may or may not have been performed. Try again.',
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

/**
 * What the operator must know of an error whose code and message the caller gets: its cause. `SERVICE_UNAVAILABLE` is
 * returned itself, with its cause, so that outages can be told apart. `undefined` without a cause.
 */
export function causeToReport(error: WalletSessionsError): unknown {
  const { cause } = error;
  return cause !== undefined && isUnavailable(error) ? error : cause;
}

/** A failure of something that the service depends on. It is logged as a warning, not as an error of the service. */
export class Warning extends Error {
  override readonly name = 'Warning';
}
