import { WalletSessionsError } from '../../../errors.js';

/**
 * Passes a reply on, and rejects with `SERVICE_UNAVAILABLE` if there is none: nothing was decided. The original error is
 * the cause.
 */
export async function rethrowAsUnavailable<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply;
  } catch (cause) {
    throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
  }
}

/** Whether a command failed because its key holds a value of another type. */
export function isWrongType(error: unknown): boolean {
  const cause = error instanceof WalletSessionsError ? error.cause : error;
  return cause instanceof Error && cause.message.includes('WRONGTYPE');
}
