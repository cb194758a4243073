import type {
  GrantFieldsFragment,
  RevocationReason,
  SessionFieldsFragment,
  SessionRevokedSubscription,
} from './generated/documents.js';

/** One sign-in of one wallet on one device. Times are ISO 8601, by the service's clock. */
export type Session = SessionFieldsFragment;

/** The end of one of the wallet's sessions, as the service tells it. */
export type Revocation = SessionRevokedSubscription['sessionRevoked'];

/**
 * Why this client's session ended: what the service told; `REVOKED` where the service no longer accepts
 * the session and nobody was listening when it said why; `FORGOTTEN` where the application had the
 * client drop its tokens.
 */
export type EndReason = RevocationReason | 'REVOKED' | 'FORGOTTEN';

/** That this client's session ended, and why. */
export interface SessionEnd {
  readonly sessionId: string;
  readonly reason: EndReason;
}

/** What a page shows. The object is the same until something changes. */
export type SessionState =
  /** The storage has not answered yet. */
  | { readonly status: 'loading'; readonly session?: undefined; readonly end?: undefined }
  | { readonly status: 'signed-in'; readonly session: Session; readonly end?: undefined }
  /** With `end` where a session of this client ended. */
  | {
      readonly status: 'signed-out';
      readonly session?: undefined;
      readonly end?: SessionEnd | undefined;
    };

/** A session with its tokens, as it is kept and as it is shared with other tabs. */
export interface Grant extends GrantFieldsFragment {
  /** How far the service's clock is ahead of this machine's, in milliseconds. */
  readonly clockOffset: number;
}

/** Taken at once when the answer came, so that the offset is short of the truth by no more than its way. */
export function toGrant(fields: GrantFieldsFragment, now: number): Grant {
  return { ...fields, clockOffset: Date.parse(fields.issuedAt) - now };
}

/** Whether it is one grant: of one session, with the same tokens. What is known of the session may differ. */
export function isSame(one: Grant | undefined, other: Grant): boolean {
  return one?.issuedAt === other.issuedAt && one.session.id === other.session.id;
}

/** Whether a grant knows more than another: issued later, or as late and authenticated later. */
export function isLater(one: Grant, other: Grant): boolean {
  if (one.issuedAt !== other.issuedAt) return one.issuedAt > other.issuedAt;
  return one.session.authenticatedAt > other.session.authenticatedAt;
}

/** How long from now to a time of the service's clock, in milliseconds. */
export function timeUntil(time: string, { clockOffset }: Grant, now: number): number {
  return Date.parse(time) - clockOffset - now;
}
