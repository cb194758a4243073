import { WalletSessionsError } from '../errors.js';
import type { RequestSource, Session, SessionGrant } from '../session/session.js';
import { isSameWallet, type Address } from '../session/wallet.js';
import { hashNonce, newNonce } from './challenge.js';
import type { SignedMessage, SignInDomain } from './domain.js';
import { writeSignInMessage } from './message.js';
import { withProof } from './verify.js';

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

export interface SignInRequest extends SignedMessage {
  readonly walletType?: string | undefined;
  readonly device?: string | undefined;
  /** What the transport has of the request, for the hooks. */
  readonly request?: unknown;
}

/** Sign-In with Ethereum (EIP-4361): a challenge, and a session for its signed answer. */
export type SignIn = ReturnType<typeof createSignIn>;

export function createSignIn(domain: SignInDomain) {
  return {
    createChallenge: (request: ChallengeRequest, source: RequestSource) =>
      createChallenge(domain, request, source),
    signIn: (request: SignInRequest, source: RequestSource) => signIn(domain, request, source),
    reauthenticate: (request: SignedMessage, session: Session, source: RequestSource) =>
      reauthenticate(domain, request, session, source),
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
 * @throws WalletSessionsError what {@link withProof} throws, `SIGN_IN_REFUSED`, `SESSION_LIMIT_REACHED`; what
 * a hook throws
 */
function signIn(
  domain: SignInDomain,
  { walletType, device, request, ...signed }: SignInRequest,
  source: RequestSource,
): Promise<SessionGrant> {
  const { sessions, hooks } = domain;
  return withProof(domain, signed, { source }, async (proven) => {
    const described = { ...proven, walletType, device };
    const userId = await hooks?.linkUser?.({ ...described, source, request });
    await hooks?.onSignIn?.({ ...described, source, request, userId });
    return sessions.create({ ...described, userId }, source);
  });
}

/**
 * Renews the authentication of a session: its wallet signs a new challenge. No new session begins. A contract
 * at the address of another wallet, or at the same one on another chain, is another wallet.
 * @throws WalletSessionsError what {@link withProof} throws, `WALLET_MISMATCH`, `UNAUTHENTICATED`
 */
function reauthenticate(
  domain: SignInDomain,
  signed: SignedMessage,
  session: Session,
  source: RequestSource,
): Promise<Session> {
  return withProof(domain, signed, { source, sessionId: session.id }, (proven) => {
    if (!isSameWallet(proven, session)) throw new WalletSessionsError('WALLET_MISMATCH');
    return domain.sessions.reauthenticate(session, source);
  });
}
