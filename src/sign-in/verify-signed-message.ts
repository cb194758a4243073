import { isUnavailable, WalletSessionsError, type ErrorCode } from '../errors.js';
import type { ClientInfo, SessionId } from '../sessions/session.js';
import { namespaceOf, type AccountId, type ChainId } from '../accounts/account-id.js';
import { partitionOf, type WalletIdentity } from '../accounts/wallet.js';
import { hashNonce, type Challenge } from './challenge.js';
import { checkChallenge, checkMessage } from './check.js';
import type { SignedMessage, SignInDomain } from './domain.js';
import type { Capabilities, SignInMessage, WalletKind } from './kind.js';

/** Who asks, and as which session where they have one already. */
export interface Claimant {
  readonly source: ClientInfo;
  readonly sessionId?: SessionId | undefined;
}

/** A wallet that has proved itself, and the chain that its message names. */
export interface ProvenWallet extends WalletIdentity {
  readonly chainId: ChainId;
  /** What the message authorizes besides the sign-in. */
  readonly capabilities?: Capabilities | undefined;
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
 * @throws WalletSessionsError what {@link WalletKind.parse}, {@link checkMessage} and
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
    const { kind, message } = parse(domain, text);
    const { account: wallet, chainId } = message;
    claimed = { wallet, chainId };
    const { signer, ...taken } = await verify(domain, kind, message, signature, source);
    const { capabilities } = message;
    return { proven: { wallet: signer, chainId, capabilities }, ...taken };
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
  const { wallet, chainId } = claimed ?? {};
  const refused = { wallet, chainId, sessionId, reason: error.code };
  audit({ type: 'sign-in.refused', at: clock.now(), ...refused, source });
}

/** An application hands on what its client has sent: it may be anything. */
function assertIsText(given: unknown, code: ErrorCode): asserts given is string {
  if (typeof given !== 'string') throw new WalletSessionsError(code);
}

/** @throws WalletSessionsError `MESSAGE_MALFORMED`: as the first kind reads it, if no kind recognizes the text */
function parse(
  { kinds, policy }: SignInDomain,
  text: string,
): { kind: WalletKind; message: SignInMessage } {
  if (text.length > policy.messageLength) {
    throw new WalletSessionsError(
      'MESSAGE_MALFORMED',
      `The sign-in message has ${text.length} characters. At most ${policy.messageLength} are accepted.`,
    );
  }
  const kind = kinds.find(({ recognizes }) => recognizes(text)) ?? kinds[0];
  if (kind === undefined) throw new WalletSessionsError('MESSAGE_MALFORMED');
  const { name } = kind.namespace;
  const chainIds = policy.chainIds.filter((chainId) => namespaceOf(chainId) === name);
  return { kind, message: kind.parse(text, chainIds) };
}

async function verify(
  domain: SignInDomain,
  kind: WalletKind,
  message: SignInMessage,
  signature: string,
  source: ClientInfo,
): Promise<{ signer: AccountId; nonceHash: string; challenge: Challenge }> {
  const { challenges, policy, clock, rateLimits } = domain;
  const now = clock.now();
  checkMessage(policy, message, now);
  assertIsText(signature, 'SIGNATURE_INVALID');
  const nonceHash = hashNonce(message.nonce);
  const admit = async () => {
    checkChallenge(policy, await challenges.find(nonceHash), message, now);
    await rateLimits.countForNetwork('signIn', source, 'contract');
  };
  const signer = await kind.verify(message, signature, { source, admit });
  if (signer === undefined) throw new WalletSessionsError('SIGNATURE_INVALID');
  // Last, because it can be done only once: a refusal before this leaves the nonce to its owner.
  const challenge = checkChallenge(policy, await challenges.take(nonceHash), message, now);
  return { signer, nonceHash, challenge };
}
