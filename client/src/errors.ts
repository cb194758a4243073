import type { ServiceErrorCode } from './generated/error-codes.js';

/** A code of the service (`docs/error-codes.md`) or of the client. */
export type ClientErrorCode =
  | ServiceErrorCode
  | 'NETWORK_ERROR'
  | 'WALLET_MISSING'
  | 'WALLET_REJECTED'
  | 'WALLET_FAILED'
  // Codes of GraphQL, HTTP and the application's fields: any string, with completion for the known ones.
  | (string & Record<never, never>);

/** The error of every method of the client. Branch on its `code`. */
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

/** One entry of `errors` in a response (GraphQL specification §7.1.2). */
export interface AnsweredError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: {
    readonly code?: string;
    readonly retryAfter?: number;
  } & Readonly<Record<string, unknown>>;
}

/** The service refused the request. `code` is that of the first error. */
export class RefusedError extends ClientError {
  override readonly name = 'RefusedError';
  /** Seconds to wait before a retry, if the service says so (`RATE_LIMITED`). */
  readonly retryAfter: number | undefined;

  constructor(
    readonly errors: readonly [AnsweredError, ...AnsweredError[]],
    /** The fields without an error. */
    readonly data: unknown,
  ) {
    const [{ message, extensions }] = errors;
    super(extensions?.code ?? 'INTERNAL_SERVER_ERROR', message);
    this.retryAfter = extensions?.retryAfter;
  }
}

/**
 * No response, or none that is GraphQL: `NETWORK_ERROR`. The service may or may not have performed the operation.
 * `cause` is the error of `fetch`.
 */
export class NetworkError extends ClientError {
  override readonly name = 'NetworkError';

  constructor(message: string, cause?: unknown) {
    super('NETWORK_ERROR', message, { cause });
  }
}

/**
 * The wallet did not sign. `WALLET_MISSING`: no wallet was given, because the browser has no `window.ethereum`, for
 * example. `WALLET_REJECTED`: its owner declined. `WALLET_FAILED`: any other failure. `cause` is the error of the
 * wallet.
 */
export class WalletError extends ClientError {
  override readonly name = 'WalletError';

  /** @param cause none if there is no wallet */
  constructor(cause?: unknown) {
    const code = cause === undefined ? 'MISSING' : isRejection(cause) ? 'REJECTED' : 'FAILED';
    super(`WALLET_${code}`, `The wallet did not sign: ${code.toLowerCase()}.`, { cause });
  }
}

/**
 * Whether the error means that the owner declined: code 4001 of EIP-1193 or 5000 to 5003 of WalletConnect, in the
 * error or one that it wraps (`cause`, `error`, `data`, `info`, …), or a text such as the `ACTION_REJECTED` of ethers.
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
