import { WalletSessionsError } from '../errors.js';
import type { Audit } from '../session/audit.js';
import type { Clock } from '../session/clock.js';
import type { RateLimits } from '../session/rate-limit.js';
import type { SessionLifecycle } from '../session/lifecycle/index.js';
import type { RequestSource, SessionGrant } from '../session/session.js';
import { partitionOf, type Address } from '../session/wallet.js';
import { hashNonce, newNonce, type ChallengeStore } from './challenge.js';
import { checkChallenge, checkMessage } from './check.js';
import { parseSignInMessage, writeSignInMessage, type SignInMessage } from './message.js';
import type { SignInPolicy } from './policy.js';
import type { VerifySignature } from './signature.js';

export interface SignInDomain {
  readonly challenges: ChallengeStore;
  readonly sessions: Pick<SessionLifecycle, 'create'>;
  readonly verifySignature: VerifySignature;
  readonly policy: SignInPolicy;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly rateLimits: RateLimits;
}

/** Whom a challenge is for; all of it optional, for wallets that connect and sign in one step. */
export interface ChallengeRequest {
  readonly address?: Address | undefined;
  readonly chainId?: number | undefined;
  /** The web origin of the page that asks, if known. */
  readonly origin?: string | undefined;
}

/** A nonce to sign. */
export interface SignInChallenge {
  readonly nonce: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** The complete message, where the address is known. */
  readonly message?: string | undefined;
}

export interface SignInRequest {
  readonly message: string;
  readonly signature: string;
  readonly walletType?: string | undefined;
  readonly device?: string | undefined;
}

/** Sign-In with Ethereum (EIP-4361): a challenge, and a session for its signed answer. */
export type SignIn = ReturnType<typeof createSignIn>;

export function createSignIn(domain: SignInDomain) {
  return {
    createChallenge: (request: ChallengeRequest, source: RequestSource) =>
      createChallenge(domain, request, source),
    signIn: (request: SignInRequest, source: RequestSource) => signIn(domain, request, source),
  };
}

/** @throws WalletSessionsError `CHAIN_NOT_ALLOWED`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE` */
async function createChallenge(
  { challenges, policy, clock, audit, rateLimits }: SignInDomain,
  { address, chainId, origin }: ChallengeRequest,
  source: RequestSource,
): Promise<SignInChallenge> {
  if (chainId !== undefined && !policy.chainIds.includes(chainId)) {
    throw new WalletSessionsError('CHAIN_NOT_ALLOWED');
  }
  await rateLimits.countForNetwork('challenge', source);
  const nonce = newNonce();
  const issuedAt = clock.now();
  const expiresAt = issuedAt + policy.challengeTimeout;
  await challenges.put(hashNonce(nonce), { issuedAt, expiresAt, address, chainId }, issuedAt);
  audit({ type: 'challenge.created', at: issuedAt, wallet: address, source });
  if (address === undefined) return { nonce, expiresAt };
  const message = writeSignInMessage({
    origin: policy.origins.find((allowed) => allowed === origin) ?? policy.origins[0],
    address,
    statement: policy.statement,
    chainId: chainId ?? policy.chainIds[0],
    nonce,
    issuedAt,
    expirationTime: expiresAt,
  });
  return { nonce, expiresAt, message };
}

/**
 * @throws WalletSessionsError what {@link parseSignInMessage}, {@link checkMessage} and
 * {@link checkChallenge} throw, `SIGNATURE_INVALID`, `SESSION_LIMIT_REACHED`, `RATE_LIMITED`,
 * `SERVICE_UNAVAILABLE`
 */
async function signIn(
  domain: SignInDomain,
  { message: text, signature, walletType, device }: SignInRequest,
  source: RequestSource,
): Promise<SessionGrant> {
  const { sessions, clock, audit, rateLimits } = domain;
  // Not audited: a flood of refusals would push everything else out of the log.
  await rateLimits.countForNetwork('signIn', source);
  let message: SignInMessage | undefined;
  try {
    message = parseSignInMessage(text);
    await verify(domain, message, signature);
    const { address: wallet, chainId } = message;
    // Only now: with a signature and a nonce of its own, nobody else can have used up the wallet's budget.
    await rateLimits.countForWallet('signIn', partitionOf(wallet));
    return await sessions.create({ wallet, chainId, walletType, device }, source);
  } catch (error) {
    if (error instanceof WalletSessionsError) {
      const wallet = message?.address;
      audit({ type: 'sign-in.refused', at: clock.now(), wallet, reason: error.code, source });
    }
    throw error;
  }
}

async function verify(
  { challenges, verifySignature, policy, clock }: SignInDomain,
  message: SignInMessage,
  signature: string,
): Promise<void> {
  const now = clock.now();
  checkMessage(policy, message, now);
  if (!(await verifySignature(message, signature))) {
    throw new WalletSessionsError('SIGNATURE_INVALID');
  }
  // Last, because it can be done only once: a refusal before this leaves the nonce to its owner.
  const challenge = await challenges.take(hashNonce(message.nonce));
  checkChallenge(policy, challenge, message, now);
}
