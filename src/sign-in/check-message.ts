import { contractAt, type AccountId, type ChainId } from '../accounts/account-id.js';
import { WalletSessionsError } from '../errors.js';
import type { Challenge } from './challenge.js';
import type { SignInMessage } from './kind.js';
import type { SignInPolicy } from './policy.js';

/**
 * Checks the domain, scheme, URI, chain and times of a message against the configuration (EIP-4361, "Verifying a
 * message").
 * @throws WalletSessionsError `DOMAIN_NOT_ALLOWED`, `URI_NOT_ALLOWED`, `CHAIN_NOT_ALLOWED`,
 * `MESSAGE_EXPIRED`, `MESSAGE_NOT_YET_VALID`
 */
export function checkMessage(policy: SignInPolicy, message: SignInMessage, now: number): void {
  const served = policy.origins
    .map((origin) => new URL(origin))
    .filter(({ host }) => host === message.domain)
    .filter(({ protocol }) => message.scheme === undefined || protocol === `${message.scheme}:`);
  if (served.length === 0) throw domainNotAllowed(policy);
  const origin = originOf(message.uri);
  if (!served.some((allowed) => allowed.origin === origin)) {
    throw new WalletSessionsError('URI_NOT_ALLOWED');
  }
  checkChain(policy, message.chainId);
  if (message.expirationTime !== undefined && message.expirationTime <= now) {
    throw new WalletSessionsError('MESSAGE_EXPIRED');
  }
  if (
    message.issuedAt > now + policy.clockTolerance ||
    (message.notBefore !== undefined && message.notBefore > now)
  ) {
    throw new WalletSessionsError('MESSAGE_NOT_YET_VALID');
  }
}

/** @throws WalletSessionsError `CHAIN_NOT_ALLOWED`, with the allowed chains in its message */
export function checkChain(policy: SignInPolicy, chainId: ChainId): void {
  if (!policy.chainIds.includes(chainId)) throw chainNotAllowed(policy);
}

export function chainNotAllowed({ chainIds }: SignInPolicy): WalletSessionsError {
  return new WalletSessionsError(
    'CHAIN_NOT_ALLOWED',
    `The chain of the message or challenge is not allowed. Allowed are: ${chainIds.join(', ')}.`,
  );
}

/** The error may list the allowed origins: they are not secret. */
function domainNotAllowed({ origins }: SignInPolicy): WalletSessionsError {
  return new WalletSessionsError(
    'DOMAIN_NOT_ALLOWED',
    `The domain or scheme of the message is not allowed. Allowed are: ${origins.join(', ')}.`,
  );
}

/**
 * Checks a message against the challenge with its nonce, and returns the challenge.
 * @throws WalletSessionsError `NONCE_INVALID`; `MESSAGE_EXPIRED` for a message that was issued before its challenge
 */
export function checkChallenge(
  policy: SignInPolicy,
  challenge: Challenge | undefined,
  message: SignInMessage,
  now: number,
): Challenge {
  if (
    challenge === undefined ||
    challenge.expiresAt <= now ||
    (challenge.account !== undefined && !names(message, challenge.account)) ||
    (challenge.chainId !== undefined && challenge.chainId !== message.chainId)
  ) {
    throw new WalletSessionsError('NONCE_INVALID');
  }
  if (message.issuedAt < challenge.issuedAt - policy.clockTolerance) {
    throw new WalletSessionsError('MESSAGE_EXPIRED');
  }
  return challenge;
}

/** Whether the message names the account: as such, or as the contract at its address. */
function names({ account, chainId }: SignInMessage, wanted: AccountId): boolean {
  return wanted === account || wanted === contractAt(account, chainId);
}

function originOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).origin : undefined;
}
