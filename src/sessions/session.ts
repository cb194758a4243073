import type { ChainId } from '../accounts/account-id.js';
import type { WalletIdentity } from '../accounts/wallet.js';
import { pooledRandomBytes } from '../random-bytes.js';

/** The id of a session. It is not secret. */
export type SessionId = string & { readonly __brand: 'SessionId' };

/** Refers to a session by its wallet and its id. */
export interface SessionReference extends WalletIdentity {
  readonly id: SessionId;
}

/** Capabilities: for each resource, the abilities (`namespace/name`) and their restrictions. */
export type Capabilities = Readonly<Record<string, Readonly<Record<string, readonly object[]>>>>;

/** One sign-in of one wallet on one device. All times are milliseconds since the Unix epoch. */
export interface Session extends SessionReference {
  /** The CAIP-2 chain id of the chain on which the wallet signed in. */
  readonly chainId: ChainId;
  /** The wallet software that signed, as named by the client: `MetaMask`, `WalletConnect`, … */
  readonly walletType?: string | undefined;
  /** The device's name, as given by the client: `Work laptop`. */
  readonly device?: string | undefined;
  /** The `User-Agent` of the sign-in. */
  readonly userAgent?: string | undefined;
  /** The id of the application's user to whom the sign-in was linked, if any. */
  readonly userId?: string | undefined;
  /**
   * The thumbprint (RFC 7638, SHA-256, base64url) of the client's key that the session is bound to: its tokens work only
   * with proofs of that key (DPoP, RFC 9449). `undefined` for a session with bearer tokens. Never changes.
   */
  readonly keyThumbprint?: string | undefined;
  /**
   * The capabilities that the message of the sign-in granted besides the sign-in, with a ReCap (ERC-5573). `undefined` if it
   * granted none. Never changes.
   */
  readonly capabilities?: Capabilities | undefined;
  /**
   * When a browser bound the session to a key of its device (DBSC). The session is then only admitted from cookies, together
   * with a short-lived cookie of that device, and `keyThumbprint` is that of the device's key. `undefined` for all other
   * sessions. Never changes.
   */
  readonly deviceBoundAt?: number | undefined;
  /** The address that the session was last seen from. */
  readonly ipAddress?: string | undefined;
  readonly createdAt: number;
  /** Updated at most once per `SessionPolicy.lastSeenInterval`. */
  readonly lastSeenAt: number;
  /**
   * When the wallet last signed. In an operation over a WebSocket, only signatures count that were given over that socket
   * or before it last presented an access token.
   */
  readonly authenticatedAt: number;
  /** How many times the session was refreshed. */
  readonly generation: number;
  /** When it was last refreshed; `createdAt` if never. */
  readonly rotatedAt: number;
  /** When the refresh window opens. Clients should refresh from this time on. */
  readonly refreshFrom: number;
  /** The idle timeout: without a refresh, the session ends here. */
  readonly expiresAt: number;
  /** The absolute timeout: no refresh carries the session past this. */
  readonly absoluteExpiresAt: number;
}

/** What the transport knows about the client. */
export interface ClientInfo {
  readonly ipAddress?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly requestId?: string | undefined;
}

/** The client of a request, or a function that reads it, for callers that rarely need it. */
export type LazyClientInfo = ClientInfo | (() => ClientInfo);

export function readClientInfo(source: LazyClientInfo): ClientInfo {
  return typeof source === 'function' ? source() : source;
}

/** A session with its tokens. This is the only type that holds tokens in clear. */
export interface SessionGrant {
  readonly session: Session;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the tokens were issued, in milliseconds since the Unix epoch by the service's clock. */
  readonly issuedAt: number;
}

/** Why a session ended. */
export const REVOCATION_REASONS = [
  'LOGOUT',
  'LOGOUT_ALL',
  'TOKEN_REUSE',
  'LIMIT_EXCEEDED',
  'EXPIRED',
  'ADMIN',
] as const;

/** One of {@link REVOCATION_REASONS}. */
export type RevocationReason = (typeof REVOCATION_REASONS)[number];

/** The reasons for which an application may revoke a session. All other reasons are set by the library itself. */
export const REVOKE_REASONS = [
  'LOGOUT',
  'LOGOUT_ALL',
  'ADMIN',
] as const satisfies readonly RevocationReason[];

/** One of {@link REVOKE_REASONS}. */
export type RevokeReason = (typeof REVOKE_REASONS)[number];

/** @throws TypeError for a value that is not one of {@link REVOKE_REASONS}: callers may be untyped */
export function assertRevokeReason(reason: unknown): void {
  if ((REVOKE_REASONS as readonly unknown[]).includes(reason)) return;
  throw new TypeError(
    `The reason must be ${REVOKE_REASONS.join(', ')}: the library sets all other reasons itself.`,
  );
}

/** The end of a session, as announced to the subscribers of its wallet. */
export interface Revocation {
  /** The position of this event in the wallet's history. Opaque; subscribers resume after it. */
  readonly cursor: string;
  readonly sessionId: SessionId;
  readonly reason: RevocationReason;
  /** Milliseconds since the Unix epoch. */
  readonly revokedAt: number;
}

/** Digits of base 36 that the time of a session takes (ms since the Unix epoch): enough until the year 5188. */
const TIME_DIGITS = 9;
/** 66 random bits, so that sessions of the same millisecond have different ids. */
const RANDOM_CHARACTERS = 11;

const SESSION_ID = /^[\w-]{20}$/;

/**
 * Creates a session id: the time of creation, followed by random bits. It is not secret. The lexical order of ids is
 * their order in time, as for UUIDs of version 7 (RFC 9562, section 5.7), so a list by time needs no further index.
 */
export function newSessionId(createdAt: number): SessionId {
  const time = createdAt.toString(36).padStart(TIME_DIGITS, '0');
  const random = pooledRandomBytes(9).toString('base64url').slice(0, RANDOM_CHARACTERS);
  return (time + random) as SessionId;
}

/** Whether the string has the form of a session id. */
export function isSessionId(text: string): text is SessionId {
  return SESSION_ID.test(text);
}

/** Sorts ids newest first. */
export function newestFirst(a: { readonly id: SessionId }, b: { readonly id: SessionId }): number {
  if (a.id === b.id) return 0;
  return a.id > b.id ? -1 : 1;
}
