import type { ServiceErrorCode } from './generated/error-codes.js';

/** A code of the service (`docs/error-codes.md`), or one of the client's own. */
export type ClientErrorCode =
  | ServiceErrorCode
  | 'NETWORK_ERROR'
  | 'WALLET_MISSING'
  | 'WALLET_REJECTED'
  | 'WALLET_FAILED'
  // Codes of GraphQL, of HTTP, of the application's own fields: still a string, with completion.
  | (string & Record<never, never>);

/** What every method of the client rejects with; tell apart by `code`. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';

  constructor(
    readonly code: ClientErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** One entry of `errors` in an answer (GraphQL specification §7.1.2). */
export interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: {
    readonly code?: string;
    readonly retryAfter?: number;
  } & Readonly<Record<string, unknown>>;
}

/** The service answered, and said no. `code` is that of the first error. */
export class RefusedError extends ClientError {
  override readonly name = 'RefusedError';
  /** The seconds to wait before another try, where the service says so (`RATE_LIMITED`). */
  readonly retryAfter: number | undefined;

  constructor(
    readonly errors: readonly [AnsweredError, ...AnsweredError[]],
    /** What was answered all the same: fields that have no error. */
    readonly data: unknown,
  ) {
    const [{ message, extensions }] = errors;
    super(extensions?.code ?? 'INTERNAL_SERVER_ERROR', message);
    this.retryAfter = extensions?.retryAfter;
  }
}

/**
 * No answer, or none that is GraphQL: `NETWORK_ERROR`. Whether the service did what was asked is not
 * known. `cause` is what `fetch` failed with.
 */
export class NetworkError extends ClientError {
  override readonly name = 'NetworkError';

  constructor(message: string, cause?: unknown) {
    super('NETWORK_ERROR', message, { cause });
  }
}

/**
 * The wallet did not sign: `WALLET_MISSING` where none was given, as where a browser has no `window.ethereum`;
 * `WALLET_REJECTED` where its owner said no; else `WALLET_FAILED`. `cause` is the wallet's own error.
 */
export class WalletError extends ClientError {
  override readonly name = 'WalletError';

  /** @param cause none where there is no wallet */
  constructor(cause?: unknown) {
    const code = cause === undefined ? 'MISSING' : isRejection(cause) ? 'REJECTED' : 'FAILED';
    super(`WALLET_${code}`, `The wallet did not sign: ${code.toLowerCase()}.`, { cause });
  }
}

/**
 * Whether it says that the owner declined: with EIP-1193's code 4001 or WalletConnect's 5000 to 5003, in an error or in one that
 * it wraps (`cause`, `error`, `data`, `info`, …), or in words, as the `ACTION_REJECTED` of ethers.
 */
export function isRejection(error: unknown, depth = 5): boolean {
  if (typeof error === 'string') return /reject|denied|declin|cancel/i.test(error);
  if (!error || !depth) return false;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return (
    /^(4001|500[0-3])$/.test(String(code)) ||
    [cause, ...Object.values(error as Record<string, unknown>)].some((inner) =>
      isRejection(inner, depth - 1),
    )
  );
}

export function hasCode(error: unknown, code: ServiceErrorCode): error is RefusedError {
  return error instanceof RefusedError && error.code === code;
}
