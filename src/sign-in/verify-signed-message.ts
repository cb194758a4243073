import { isUnavailable, WalletSessionsError, type ErrorCode } from '../errors.js';
import type { ClientInfo, SessionId } from '../sessions/session.js';
import { partitionOf, type WalletIdentity } from '../accounts/wallet.js';
import { hashNonce, type Challenge } from './challenge.js';
import { checkChallenge, checkMessage } from './check.js';
import type { SignedMessage, SignInDomain } from './domain.js';
import { parseSignInMessage, type SignInMessage } from './ethereum/message.js';

/** Who asks, and as which session where they have one already. */
export interface Claimant {
  readonly source: ClientInfo;
  readonly sessionId?: SessionId | undefined;
}

/** A wallet that has proved itself, and the chain that its message names. */
export interface ProvenWallet extends WalletIdentity {
  readonly chainId: number;
}

/** A proof whose challenge has been taken. */
interface Proof {
  readonly proven: ProvenWallet;
  readonly nonceHash: string;
  readonly challenge: Challenge;
}

/** The proof was neither accepted nor refused, so it does not count as a failed attempt. */
const UNDECIDED: readonly ErrorCode[] = ['SERVICE_UNAVAILABLE', 'WALLET_VERIFICATION_UNAVAILABLE'];

/**
 * Acts for a wallet that proves itself with a signed message. Where the message or the act is refused,
 * that is audited with its reason.
 *
 * A proof is verified before anything is counted for the network, so that nobody is refused because others in the same
 * network tried. Attempts that prove nothing are counted, and over the budget answered `RATE_LIMITED`; those are not
 * audited: a flood of them would push everything else out of the log.
 *
 * If the store does not answer after it has given the challenge away, the challenge is put back, so that the same signed
 * message can be sent again.
 * @throws WalletSessionsError what {@link parseSignInMessage}, {@link checkMessage} and
 * {@link checkChallenge} throw, `SIGNATURE_INVALID`, `WALLET_VERIFICATION_UNAVAILABLE`, `RATE_LIMITED`,
 * `SERVICE_UNAVAILABLE`, and what `act` throws
 */
export async function withProof<Result>(
  domain: SignInDomain,
  signed: SignedMessage,
  claimant: Claimant,
  act: (proven: ProvenWallet) => Promise<Result>,
): Promise<Result> {
  const proof = await prove(domain, signed, claimant);
  const { proven } = proof;
  const refuse = (error: unknown): never => {
    auditRefusal(domain, proven, claimant, error);
    throw error;
  };
  try {
    // Only now: with a signature and a nonce of its own, nobody else can have used up the wallet's budget.
    await domain.rateLimits.countForWallet('signIn', partitionOf(proven)).catch(refuse);
    if (claimant.sessionId === undefined) await admitNewcomer(domain, proven, claimant.source);
    try {
      return await act(proven);
    } catch (error) {
      return refuse(error);
    }
  } catch (error) {
    if (isUnavailable(error)) await putBack(domain, proof);
    throw error;
  }
}

/**
 * Puts a challenge back that this call has taken. Nobody else can have used it meanwhile. It is put back at most once:
 * if it is not known whether that succeeded, somebody may have used it since.
 */
async function putBack(
  { challenges, clock }: SignInDomain,
  { nonceHash, challenge }: Proof,
): Promise<void> {
  const now = clock.now();
  if (challenge.expiresAt <= now) return;
  await challenges.put(nonceHash, challenge, now).catch(() => undefined);
}

async function prove(
  domain: SignInDomain,
  { message: text, signature }: SignedMessage,
  claimant: Claimant,
): Promise<Proof> {
  const { source } = claimant;
  let claimed: ProvenWallet | undefined;
  try {
    assertIsText(text, 'MESSAGE_MALFORMED');
    const message = parseSignInMessage(text);
    claimed = { wallet: message.address, chainId: message.chainId };
    const { signer, ...taken } = await verify(domain, message, signature, source);
    return { proven: { ...claimed, ...signer }, ...taken };
  } catch (error) {
    if (!(error instanceof WalletSessionsError) || error.code === 'RATE_LIMITED') throw error;
    if (!UNDECIDED.includes(error.code)) {
      await domain.rateLimits.countForNetwork('signIn', source, 'failed');
    }
    auditRefusal(domain, claimed, claimant, error);
    throw error;
  }
}

/**
 * Bounds how many wallets a network can bring along with keys of its own. A wallet with a session is no newcomer: an
 * owner who has sessions to defend gets in, whatever others in the network do.
 */
async function admitNewcomer(
  { rateLimits, sessions }: SignInDomain,
  proven: ProvenWallet,
  source: ClientInfo,
): Promise<void> {
  try {
    await rateLimits.countForNetwork('signIn', source, 'succeeded');
  } catch (error) {
    const isOver = error instanceof WalletSessionsError && error.code === 'RATE_LIMITED';
    // Asked over the budget alone: below it, nobody pays for the answer.
    if (!isOver || (await sessions.listPage(proven, { first: 1 })).total === 0) throw error;
  }
}

function auditRefusal(
  { clock, audit }: SignInDomain,
  claimed: ProvenWallet | undefined,
  { source, sessionId }: Claimant,
  error: unknown,
): void {
  if (!(error instanceof WalletSessionsError)) return;
  const refused = { ...claimed, sessionId, reason: error.code };
  audit({ type: 'sign-in.refused', at: clock.now(), ...refused, source });
}

/** An application hands on what its client has sent: it may be anything. */
function assertIsText(given: unknown, code: ErrorCode): asserts given is string {
  if (typeof given !== 'string') throw new WalletSessionsError(code);
}

async function verify(
  domain: SignInDomain,
  message: SignInMessage,
  signature: string,
  source: ClientInfo,
): Promise<{ signer: WalletIdentity; nonceHash: string; challenge: Challenge }> {
  const { challenges, policy, clock } = domain;
  const now = clock.now();
  checkMessage(policy, message, now);
  assertIsText(signature, 'SIGNATURE_INVALID');
  const signer = await signerOf(domain, message, signature, source, now);
  if (signer === undefined) throw new WalletSessionsError('SIGNATURE_INVALID');
  // Last, because it can be done only once: a refusal before this leaves the nonce to its owner.
  const nonceHash = hashNonce(message.nonce);
  const challenge = checkChallenge(policy, await challenges.take(nonceHash), message, now);
  return { signer, nonceHash, challenge };
}

/** Who signed the message, if it was the wallet that it names: with its key, or as a contract of that chain. */
async function signerOf(
  { challenges, verifySignature, contractVerifiers, policy, rateLimits }: SignInDomain,
  message: SignInMessage,
  signature: string,
  source: ClientInfo,
  now: number,
): Promise<WalletIdentity | undefined> {
  const { address: wallet, chainId } = message;
  if (await verifySignature(message, signature)) return { wallet };
  const verifyContractSignature = contractVerifiers.get(chainId);
  if (verifyContractSignature === undefined) return undefined;
  // Before, so that nobody has a chain asked without a challenge of this service.
  checkChallenge(policy, await challenges.find(hashNonce(message.nonce)), message, now);
  await rateLimits.countForNetwork('signIn', source, 'contract');
  const isValid = await verifyContractSignature(message, signature, source);
  return isValid ? { wallet, contractChainId: chainId } : undefined;
}
