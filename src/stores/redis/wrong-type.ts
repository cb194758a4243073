import { WalletSessionsError } from '../../errors.js';

/** Whether Redis has failed a command since something of another type is in a key's place. */
export function isWrongType(error: unknown): boolean {
  const cause = error instanceof WalletSessionsError ? error.cause : error;
  return cause instanceof Error && cause.message.includes('WRONGTYPE');
}
