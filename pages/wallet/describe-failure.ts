import { ClientError, RefusedError } from '../../client/src/index.js';

/** Why a wallet could not sign in, and what to do about it. `wallet` is its name. */
export function describeFailure(error: unknown, wallet: string): string {
  if (!(error instanceof ClientError)) {
    return `${wallet} could not be used: ${error instanceof Error ? error.message : String(error)}`;
  }
  const words = WORDS[error.code]?.(wallet);
  if (words !== undefined) return words;
  if (error instanceof RefusedError && error.code === 'RATE_LIMITED') {
    const wait = error.retryAfter === undefined ? 'a while' : waitText(error.retryAfter);
    return `There were too many attempts. Wait ${wait}, and try again.`;
  }
  return error.message;
}

const WORDS: Partial<Record<string, (wallet: string) => string>> = {
  WALLET_REJECTED: (wallet) =>
    `You declined the request in ${wallet}. Select the wallet to try again, or select another one.`,
  WALLET_FAILED: (wallet) =>
    `${wallet} did not answer as expected. Unlock it, allow it to connect to this page, and try again.`,
  WALLET_MISSING: (wallet) => `${wallet} is no longer there. Reload the page, and try again.`,
  NETWORK_ERROR: () =>
    'The service cannot be reached. Check your internet connection, and try again.',
  SERVICE_UNAVAILABLE: () =>
    'The service is not available at the moment. Try again in a few seconds.',
  CHAIN_NOT_ALLOWED: (wallet) =>
    `${wallet} is on a network that cannot be used here. Switch to another network in the wallet, and try again.`,
  SIGNATURE_INVALID: (wallet) =>
    `The signature does not belong to the account. Select the account in ${wallet} again, and try again.`,
  NONCE_INVALID: () => 'The request to sign is too old. Try again, and sign within a few minutes.',
  WALLET_MISMATCH: (wallet) =>
    `${wallet} signed with another account. Switch to the account that is signed in here, and try again.`,
  KEY_PROOF_REQUIRED: () =>
    'Sign-in needs a secure connection. Open this page over https://, and try again.',
  SESSION_LIMIT_REACHED: () =>
    'This wallet is signed in on as many devices as allowed. Sign out on one of them, and try again.',
};

function waitText(seconds: number): string {
  if (seconds < 90) return `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
