import type { Audit } from '../audit/events.js';
import type { Clock } from '../clock.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { KeyBinding } from '../key-binding/key-binding.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import { hashNonce, type Challenge, type ChallengeStore } from './challenge.js';
import type { SignInHooks } from './hooks.js';
import type { SignInPolicy } from './policy.js';
import type { SignInMessage, WalletKind } from './kind.js';
import { isUnavailable, WalletSessionsError, type ErrorCode } from '../errors.js';
import type { Capabilities, ClientInfo, SessionId } from '../sessions/session.js';
import { namespaceOf, type AccountId, type ChainId } from '../accounts/account-id.js';
import { partitionOf, type WalletIdentity } from '../accounts/wallet.js';
import { checkChallenge, checkMessage } from './check-message.js';

/** What the steps of a sign-in depend on. */
export interface SignInDomain {
  readonly challenges: ChallengeStore;
  readonly sessions: Pick<SessionLifecycle, 'create' | 'reauthenticate' | 'listPage'>;
  /** The kinds of wallets that may sign in. */
  readonly kinds: readonly WalletKind[];
  readonly policy: SignInPolicy;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly rateLimits: RateLimits;
  readonly keyBinding: KeyBinding;
  readonly hooks?: SignInHooks | undefined;
}

/** A sign-in message and its signature, from a client. */
export interface SignedMessage {
  readonly message: string;
  readonly signature: string;
}

/** The client, and its session if it reauthenticates. */
interface Claimant {
  readonly source: ClientInfo;
  readonly sessionId?: SessionId | undefined;
}

/** A wallet that has signed a message, and the chain that the message names. */
interface ProvenWallet extends WalletIdentity {
  readonly chainId: ChainId;
  /** The capabilities that the message grants. */
  readonly capabilities?: Capabilities | undefined;
}

/** The result of a valid signature whose challenge has been taken. */
interface Proof {
  readonly proven: ProvenWallet;
  readonly nonceHash: string;
  readonly challenge: Challenge;
}

/** With these errors the signature was neither accepted nor refused, so the attempt does not count as failed. */
const UNDECIDED: readonly ErrorCode[] = ['SERVICE_UNAVAILABLE', 'WALLET_VERIFICATION_UNAVAILABLE'];

/**
 * Verifies a signed message and then acts for the wallet that signed it. Audits a refusal of the message or of the act, with
 * its reason.
 *
 * The signature is verified before anything is counted for the network, so that valid sign-ins do not fail because others in
 * the network have failed. Failed attempts are counted, and over the budget answered with `RATE_LIMITED`. Those are not
 * audited: a flood of them would displace all other entries of the log.
 *
 * If the store fails after the challenge was taken, the challenge is put back, so that the same signed message can be sent
 * again.
 * @throws WalletSessionsError the errors of {@link WalletKind.parse}, {@link checkMessage}, {@link checkChallenge} and
 * `act`; `SIGNATURE_INVALID`, `WALLET_VERIFICATION_UNAVAILABLE`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
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
    // Only attempts that the wallet has signed count, so that nobody else can exhaust its budget.
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
 * Puts back a challenge that this call has taken, and that nobody can have used since. Tries only once: after a failure
 * whose outcome is unknown, the challenge may have been used.
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
 * Limits how many new wallets sign in from one network. A wallet that has a session is always admitted, so that its owner
 * can log out sessions whatever others in the network do.
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
    // Reads the sessions only over the budget, to save the call otherwise.
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

/** @param given a value from a client, of any type */
function assertIsText(given: unknown, code: ErrorCode): asserts given is string {
  if (typeof given !== 'string') throw new WalletSessionsError(code);
}

/** @throws WalletSessionsError `MESSAGE_MALFORMED`: that of the first kind if no kind recognizes the text */
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
  // Last, so that an earlier refusal does not use up the nonce.
  const challenge = checkChallenge(policy, await challenges.take(nonceHash), message, now);
  return { signer, nonceHash, challenge };
}
