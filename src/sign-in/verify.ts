import { WalletSessionsError } from '../errors.js';
import type { RequestSource, SessionId } from '../session/session.js';
import { partitionOf } from '../session/wallet.js';
import { hashNonce } from './challenge.js';
import { checkChallenge, checkMessage } from './check.js';
import type { SignedMessage, SignInDomain } from './domain.js';
import { parseSignInMessage, type SignInMessage } from './message.js';

/** Who asks, and as which session where they have one already. */
export interface Claimant {
  readonly source: RequestSource;
  readonly sessionId?: SessionId | undefined;
}

/**
 * Acts for a wallet that proves itself with a signed message. Where the message or the act is refused,
 * that is audited with its reason.
 * @throws WalletSessionsError what {@link parseSignInMessage}, {@link checkMessage} and
 * {@link checkChallenge} throw, `SIGNATURE_INVALID`, `WALLET_VERIFICATION_UNAVAILABLE`, `RATE_LIMITED`,
 * `SERVICE_UNAVAILABLE`, and what `act` throws
 */
export async function withProof<Result>(
  domain: SignInDomain,
  { message: text, signature }: SignedMessage,
  { source, sessionId }: Claimant,
  act: (message: SignInMessage) => Promise<Result>,
): Promise<Result> {
  const { rateLimits } = domain;
  // Not audited: a flood of refusals would push everything else out of the log.
  await rateLimits.countForNetwork('signIn', source);
  let message: SignInMessage | undefined;
  try {
    message = parseSignInMessage(text);
    await verify(domain, message, signature);
    // Only now: with a signature and a nonce of its own, nobody else can have used up the wallet's budget.
    await rateLimits.countForWallet('signIn', partitionOf(message.address));
    return await act(message);
  } catch (error) {
    if (error instanceof WalletSessionsError) {
      const { clock, audit } = domain;
      const refused = { wallet: message?.address, sessionId, reason: error.code };
      audit({ type: 'sign-in.refused', at: clock.now(), ...refused, source });
    }
    throw error;
  }
}

async function verify(
  domain: SignInDomain,
  message: SignInMessage,
  signature: string,
): Promise<void> {
  const { challenges, policy, clock } = domain;
  const now = clock.now();
  checkMessage(policy, message, now);
  if (!(await isSigned(domain, message, signature, now))) {
    throw new WalletSessionsError('SIGNATURE_INVALID');
  }
  // Last, because it can be done only once: a refusal before this leaves the nonce to its owner.
  const challenge = await challenges.take(hashNonce(message.nonce));
  checkChallenge(policy, challenge, message, now);
}

async function isSigned(
  { challenges, verifySignature, contractVerifiers, policy }: SignInDomain,
  message: SignInMessage,
  signature: string,
  now: number,
): Promise<boolean> {
  if (await verifySignature(message, signature)) return true;
  const verifyContractSignature = contractVerifiers.get(message.chainId);
  if (verifyContractSignature === undefined) return false;
  // Before, so that nobody has a chain asked for him without a challenge of this service.
  checkChallenge(policy, await challenges.find(hashNonce(message.nonce)), message, now);
  return verifyContractSignature(message, signature);
}
