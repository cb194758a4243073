import { WalletSessionsError } from '../errors.js';
import type { ClientInfo, Session, SessionGrant } from '../sessions/session.js';
import type { PresentedProof } from '../key-binding/proof.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import { isSameWallet } from '../accounts/wallet.js';
import {
  chainIdOf,
  namespaceOf,
  readAccountId,
  readChainId,
  type AccountId,
  type ChainId,
} from '../accounts/account-id.js';
import type { Namespace } from '../accounts/namespace.js';
import { hashNonce, newNonce } from './challenge.js';
import { chainNotAllowed, checkChain } from './check-message.js';
import { withProof, type SignedMessage, type SignInDomain } from './verify-signed-message.js';
import type { WalletKind } from './kind.js';
import type { SignInPolicy } from './policy.js';
import { visibleText } from '../visible-text.js';

/** A request for a challenge. All fields are optional, for wallets that connect and sign in one step. */
export interface ChallengeRequest {
  /**
   * The CAIP-10 account id of the account that will sign. With a chain (`eip155:10:0x…`) the nonce works only on that
   * chain; an Ethereum address on every chain is `eip155:0:0x…`.
   */
  readonly account?: string | undefined;
  /** The CAIP-2 chain id of the chain to sign in on. Default: that of `account`, or the first one of its namespace. */
  readonly chainId?: string | undefined;
  /** The web origin of the requesting page. */
  readonly origin?: string | undefined;
}

/** A nonce to sign, with the other parts of its message. */
export interface SignInChallenge {
  readonly nonce: string;
  /** The domain for the message: the authority of `uri`. */
  readonly domain: string;
  /** The URI for the message: the requesting origin if it is allowed, else the first allowed origin. */
  readonly uri: string;
  /** The statement for the message: that of the policy. */
  readonly statement: string;
  /**
   * The chain for the message: the requested one, else the chain of the account or the first allowed chain of its namespace;
   * without an account, the first allowed chain.
   */
  readonly chainId: ChainId;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAt: number;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** The complete message, if the account is known. */
  readonly message?: string | undefined;
}

/**
 * A request to sign in.
 * @typeParam Request the request type of the application's server
 */
export interface SignInRequest<Request = unknown> extends SignedMessage {
  /** The connector that signed: `MetaMask`, … At most 100 characters. Control and invisible characters are removed. */
  readonly walletType?: string | undefined;
  /** What to call the device in lists of sessions. At most 100 characters. Control and invisible characters are removed. */
  readonly device?: string | undefined;
  /**
   * Whether to log out all other sessions of the wallet, with `LOGOUT_ALL`, in the atomic step that starts this one, for
   * example because a token may have been stolen. The session limit then does not apply. Default false.
   */
  readonly logoutOthers?: boolean | undefined;
  /**
   * A proof of the client's key (DPoP, RFC 9449) from `proofOf(request)`, to bind the session to the key. Omit it for a
   * client that receives its tokens in cookies: it cannot prove a key. Default: none.
   */
  readonly proof?: PresentedProof | undefined;
  /** The request, for the hooks. */
  readonly request?: Request | undefined;
}

/**
 * Signs in wallets: creates challenges, and sessions for signed challenges.
 *
 * @typeParam Request the request type of the application's server, for its hooks
 */
export interface SignIn<Request = unknown> {
  /**
   * Creates a nonce that is valid once, and the message to sign if the account is known.
   * @throws WalletSessionsError `BAD_USER_INPUT` for an invalid account or chain, `CHAIN_NOT_ALLOWED`,
   * `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
   */
  createChallenge(request: ChallengeRequest, source: ClientInfo): Promise<SignInChallenge>;
  /**
   * Completes a sign-in: starts a session for a signed challenge.
   * @throws WalletSessionsError `BAD_USER_INPUT`, `MESSAGE_MALFORMED`, `DOMAIN_NOT_ALLOWED`, `URI_NOT_ALLOWED`, `CHAIN_NOT_ALLOWED`,
   * `MESSAGE_NOT_YET_VALID`, `MESSAGE_EXPIRED`, `SIGNATURE_INVALID`, `NONCE_INVALID`,
   * `WALLET_VERIFICATION_UNAVAILABLE`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`; `SIGN_IN_REFUSED`,
   * `SESSION_LIMIT_REACHED`; `KEY_PROOF_REQUIRED`, `KEY_PROOF_INVALID`, `KEY_PROOF_NONCE_REQUIRED`; what a hook throws
   */
  complete(request: SignInRequest<Request>, source: ClientInfo): Promise<SessionGrant>;
  /**
   * Renews the authentication of a session, whose wallet has signed a new challenge. Creates no session.
   * @throws WalletSessionsError as `complete` for an invalid message; `WALLET_MISMATCH`; `UNAUTHENTICATED` if the session has
   * ended
   */
  reauthenticate(request: SignedMessage, session: Session, source: ClientInfo): Promise<Session>;
}

export function createSignIn(domain: SignInDomain): SignIn {
  return {
    createChallenge: (request: ChallengeRequest, source: ClientInfo) =>
      createChallenge(domain, request, source),
    complete: (request: SignInRequest, source: ClientInfo) => complete(domain, request, source),
    reauthenticate: (request: SignedMessage, session: Session, source: ClientInfo) =>
      reauthenticate(domain, request, session, source),
  };
}

async function createChallenge(
  { kinds, challenges, policy, clock, audit, rateLimits }: SignInDomain,
  { account: givenAccount, chainId: givenChain, origin }: ChallengeRequest,
  source: ClientInfo,
): Promise<SignInChallenge> {
  const signer = givenAccount === undefined ? undefined : readAccount(kinds, givenAccount);
  const chainId = readChain(kinds, givenChain, signer?.account);
  if (chainId !== undefined) checkChain(policy, chainId);
  const messageChain = signer && (chainId ?? defaultChain(policy, signer.account));
  await rateLimits.countForNetwork('challenge', source);
  const nonce = newNonce();
  const issuedAt = clock.now();
  const expiresAt = issuedAt + policy.challengeTimeout;
  const account = signer?.account;
  await challenges.put(hashNonce(nonce), { issuedAt, expiresAt, account, chainId }, issuedAt);
  audit({ type: 'challenge.created', at: issuedAt, wallet: account, source });
  const uri = policy.origins.find((allowed) => allowed === origin) ?? policy.origins[0];
  const fields = {
    nonce,
    domain: new URL(uri).host,
    uri,
    statement: policy.statement,
    chainId: messageChain ?? chainId ?? policy.chainIds[0],
    issuedAt,
    expiresAt,
  };
  if (signer === undefined) return fields;
  const written = { ...fields, origin: uri, account: signer.account, expirationTime: expiresAt };
  return { ...fields, message: signer.kind.write(written) };
}

/** @param given a value from a client, of any type */
function readAccount(
  kinds: readonly WalletKind[],
  given: unknown,
): { kind: WalletKind; account: AccountId } {
  const account = typeof given === 'string' ? readAccountId(given, namespacesOf(kinds)) : undefined;
  if (account === undefined) {
    throw new WalletSessionsError(
      'BAD_USER_INPUT',
      '"account" must be a CAIP-10 account id, such as eip155:1:0x… with the EIP-55 checksum or in one case.',
    );
  }
  const kind = kinds.find(({ namespace }) => namespace.name === namespaceOf(account));
  if (kind !== undefined) return { kind, account };
  const names = kinds.map(({ namespace }) => namespace.name).join(', ');
  throw new WalletSessionsError(
    'BAD_USER_INPUT',
    `The account in the challenge cannot sign in here. Supported are accounts of: ${names}.`,
  );
}

function namespacesOf(kinds: readonly WalletKind[]): Namespace[] {
  return kinds.map(({ namespace }) => namespace);
}

function readChain(
  kinds: readonly WalletKind[],
  given: unknown,
  account: AccountId | undefined,
): ChainId | undefined {
  const own = account && chainIdOf(account);
  if (given === undefined) return own;
  const chainId = typeof given === 'string' ? readChainId(given, namespacesOf(kinds)) : undefined;
  if (chainId === undefined) {
    throw new WalletSessionsError(
      'BAD_USER_INPUT',
      '"chainId" must be a CAIP-2 chain id, such as eip155:1.',
    );
  }
  const fits =
    account === undefined ||
    (own === undefined ? namespaceOf(chainId) === namespaceOf(account) : own === chainId);
  if (fits) return chainId;
  throw new WalletSessionsError('BAD_USER_INPUT', '"account" is not on the chain "chainId".');
}

/** @throws WalletSessionsError `CHAIN_NOT_ALLOWED` if none of its chains is allowed */
function defaultChain(policy: SignInPolicy, account: AccountId): ChainId {
  const namespace = namespaceOf(account);
  const chainId = policy.chainIds.find((allowed) => namespaceOf(allowed) === namespace);
  if (chainId === undefined) throw chainNotAllowed(policy);
  return chainId;
}

async function complete(
  domain: SignInDomain,
  { request, ...given }: SignInRequest,
  source: ClientInfo,
): Promise<SessionGrant> {
  const { sessions, hooks } = domain;
  const { message, signature } = given;
  const walletType = readLabel('walletType', given.walletType);
  const device = readLabel('device', given.device);
  // Before the challenge is taken, so that the same message can be sent again with another proof.
  const keyThumbprint = await proveKey(domain, given.proof, source);
  return withProof(domain, { message, signature }, { source }, async (proven) => {
    const described = { ...proven, walletType, device };
    const userId = assertUserId(await hooks?.linkUser?.({ ...described, source, request }));
    await hooks?.onSignIn?.({ ...described, source, request, userId });
    const linked = { ...described, userId, keyThumbprint };
    return sessions.create({ ...linked, logoutOthers: given.logoutOthers === true }, source);
  });
}

/**
 * Resolves to the thumbprint of the key to bind the session to, or to `undefined` for none.
 * @throws KeyProofRefused; WalletSessionsError `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
 */
async function proveKey(
  { keyBinding, rateLimits, clock, audit }: SignInDomain,
  proof: PresentedProof | undefined,
  source: ClientInfo,
): Promise<string | undefined> {
  const { mode } = keyBinding;
  if (mode === 'off' || (mode === 'optional' && proof === undefined)) return undefined;
  try {
    if (proof === undefined) throw new KeyProofRefused('MISSING', undefined, NO_KEY);
    return await keyBinding.verify(proof);
  } catch (error) {
    // A proof that lacks a nonce is an ordinary step of the protocol (RFC 9449 §8).
    if (error instanceof KeyProofRefused && error.refusal !== 'NONCE') {
      await rateLimits.countForNetwork('signIn', source, 'failed');
      audit({ type: 'sign-in.refused', at: clock.now(), reason: error.code, source });
    }
    throw error;
  }
}

const NO_KEY =
  'This service binds every session to a key of its client: sign in over HTTP, with a proof of the key in a DPoP header (RFC 9449).';

/** A contract is another wallet than the account at its address, and than the contract there on another chain. */
function reauthenticate(
  domain: SignInDomain,
  signed: SignedMessage,
  session: Session,
  source: ClientInfo,
): Promise<Session> {
  return withProof(domain, signed, { source, sessionId: session.id }, (proven) => {
    if (!isSameWallet(proven, session)) throw new WalletSessionsError('WALLET_MISMATCH');
    return domain.sessions.reauthenticate(session, source);
  });
}

/** Accepts `null` for no user, as databases return it. */
function assertUserId(userId: unknown): string | undefined {
  if (userId === undefined || userId === null) return undefined;
  if (typeof userId === 'string') return userId;
  throw new TypeError('The hook linkUser must return a string, or undefined for no user.');
}

/** Maximum number of characters of `walletType` and `device`. */
export const MAX_LABEL_LENGTH = 100;

/**
 * Returns a client's name for its wallet or device, without surrounding spaces and unsafe characters ({@link visibleText});
 * `undefined` if nothing is left.
 * @param given a value from a client, of any type
 * @throws WalletSessionsError `BAD_USER_INPUT` for a value that is not a string, or that is still too long
 */
function readLabel(name: 'walletType' | 'device', given: unknown): string | undefined {
  if (given === undefined || given === null) return undefined;
  const text = typeof given === 'string' ? visibleText(given).trim() : undefined;
  if (text === undefined || text.length > MAX_LABEL_LENGTH) {
    throw new WalletSessionsError(
      'BAD_USER_INPUT',
      `"${name}" must be a text of at most ${MAX_LABEL_LENGTH} characters.`,
    );
  }
  return text === '' ? undefined : text;
}
