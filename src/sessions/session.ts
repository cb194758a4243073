import type { WalletIdentity } from '../accounts/wallet.js';

/** Names a session among those of its wallet: no secret. */
export type SessionId = string & { readonly __brand: 'SessionId' };

/** Names a session. */
export interface SessionReference extends WalletIdentity {
  readonly id: SessionId;
}

/** One sign-in of one wallet on one device. All times are milliseconds since the Unix epoch. */
export interface Session extends SessionReference {
  /** The EIP-155 chain that the wallet signed in on. */
  readonly chainId: number;
  /** The connector that signed, as the client named it: `MetaMask`, `WalletConnect`, … */
  readonly walletType?: string | undefined;
  /** What the client calls the device: `Work laptop`. */
  readonly device?: string | undefined;
  /** The `User-Agent` of the sign-in. */
  readonly userAgent?: string | undefined;
  /** The application's own user that the sign-in was linked to, if to one. */
  readonly userId?: string | undefined;
  /** The address that the session was last seen from. */
  readonly ipAddress?: string | undefined;
  readonly createdAt: number;
  /** Updated at most once per `SessionPolicy.lastSeenInterval`. */
  readonly lastSeenAt: number;
  /**
   * When the wallet last signed. In an operation over a WebSocket: of the signatures that were given before the socket
   * last presented an access token, or over the socket itself. Others do not count there.
   */
  readonly authenticatedAt: number;
  /** How many times the session was refreshed. */
  readonly generation: number;
  /** When it was last refreshed; `createdAt` if never. */
  readonly rotatedAt: number;
  /** When the refresh window opens: from here on a client should refresh. */
  readonly refreshFrom: number;
  /** The idle timeout: without a refresh, the session ends here. */
  readonly expiresAt: number;
  /** The absolute timeout: no refresh carries the session past this. */
  readonly absoluteExpiresAt: number;
}

/** Who is asking, as far as the transport can tell. */
export interface ClientInfo {
  readonly ipAddress?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly requestId?: string | undefined;
}

/** A session with the tokens that stand for it. The only place where a token is ever in clear. */
export interface SessionGrant {
  readonly session: Session;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When this was granted, in milliseconds since the Unix epoch by the service's clock. */
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

/** The reasons to end a session on purpose. What the others say, a store or the lifecycle has found out. */
export const LOGOUT_REASONS = [
  'LOGOUT',
  'LOGOUT_ALL',
  'ADMIN',
] as const satisfies readonly RevocationReason[];

/** Why somebody ends a session: its owner, this one or all of them, or an administrator. */
export type LogoutReason = (typeof LOGOUT_REASONS)[number];

/** @throws TypeError for what is none of {@link LOGOUT_REASONS}, as no compiler may have seen */
export function assertLogoutReason(reason: unknown): void {
  if ((LOGOUT_REASONS as readonly unknown[]).includes(reason)) return;
  throw new TypeError(`The reason must be ${LOGOUT_REASONS.join(', ')}: others are found out.`);
}

/** The end of a session, as its wallet's subscribers hear of it. */
export interface Revocation {
  /** The place of this event in the wallet's history: opaque, to resume after. */
  readonly cursor: string;
  readonly sessionId: SessionId;
  readonly reason: RevocationReason;
  /** Milliseconds since the Unix epoch. */
  readonly revokedAt: number;
}
