import { WalletSessionsError, type ErrorCode } from '../errors.js';
import type { RequestSource, SessionId } from '../session/session.js';
import { partitionOf, type WalletIdentity } from '../session/wallet.js';
import { hashNonce } from './challenge.js';
import { checkChallenge, checkMessage } from './check.js';
import type { SignedMessage, SignInDomain } from './domain.js';
import { parseSignInMessage, type SignInMessage } from './message.js';

/** Who asks, and as which session where they have one already. */
export interface Claimant {
  readonly source: RequestSource;
  readonly sessionId?: SessionId | undefined;
}

/** A wallet that has proved itself, and the chain that its message names. */
export interface ProvenWallet extends WalletIdentity {
  readonly chainId: number;
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
  act: (proven: ProvenWallet) => Promise<Result>,
): Promise<Result> {
  const { rateLimits } = domain;
  // Not audited: a flood of refusals would push everything else out of the log.
  await rateLimits.countForNetwork('signIn', source);
  let claimed: ProvenWallet | undefined;
  try {
    assertIsText(text, 'MESSAGE_MALFORMED');
    const message = parseSignInMessage(text);
    claimed = { wallet: message.address, chainId: message.chainId };
    const proven = { ...claimed, ...(await verify(domain, message, signature)) };
    claimed = proven;
    // Only now: with a signature and a nonce of its own, nobody else can have used up the wallet's budget.
    await rateLimits.countForWallet('signIn', partitionOf(proven));
    return await act(proven);
  } catch (error) {
    if (error instanceof WalletSessionsError) {
      const { clock, audit } = domain;
      const refused = { ...claimed, sessionId, reason: error.code };
      audit({ type: 'sign-in.refused', at: clock.now(), ...refused, source });
    }
    throw error;
  }
}

/** An application hands on what its client has sent: it may be anything. */
function assertIsText(given: unknown, code: ErrorCode): asserts given is string {
  if (typeof given !== 'string') throw new WalletSessionsError(code);
}

async function verify(
  domain: SignInDomain,
  message: SignInMessage,
  signature: string,
): Promise<WalletIdentity> {
  const { challenges, policy, clock } = domain;
  const now = clock.now();
  checkMessage(policy, message, now);
  assertIsText(signature, 'SIGNATURE_INVALID');
  const signer = await signerOf(domain, message, signature, now);
  if (signer === undefined) throw new WalletSessionsError('SIGNATURE_INVALID');
  // Last, because it can be done only once: a refusal before this leaves the nonce to its owner.
  const challenge = await challenges.take(hashNonce(message.nonce));
  checkChallenge(policy, challenge, message, now);
  return signer;
}

/** Who signed the message, if it was the wallet that it names: with its key, or as a contract of that chain. */
async function signerOf(
  { challenges, verifySignature, contractVerifiers, policy }: SignInDomain,
  message: SignInMessage,
  signature: string,
  now: number,
): Promise<WalletIdentity | undefined> {
  const { address: wallet, chainId } = message;
  if (await verifySignature(message, signature)) return { wallet };
  const verifyContractSignature = contractVerifiers.get(chainId);
  if (verifyContractSignature === undefined) return undefined;
  // Before, so that nobody has a chain asked without a challenge of this service.
  checkChallenge(policy, await challenges.find(hashNonce(message.nonce)), message, now);
  const isValid = await verifyContractSignature(message, signature);
  return isValid ? { wallet, contractChainId: chainId } : undefined;
}
