import type {
  GrantFieldsFragment,
  RevocationReason,
  SessionFieldsFragment,
  SessionRevokedSubscription,
} from './generated/documents.js';

/** One sign-in of one wallet on one device. Times are ISO 8601, by the service's clock. */
export type Session = SessionFieldsFragment;

/** The end of one of the wallet's sessions, as the service reports it. */
export type Revocation = SessionRevokedSubscription['sessionRevoked'];

/**
 * Why this client's session ended: the reason of the service; `REVOKED` if the service refuses the session and the
 * client was not connected when it ended; `FORGOTTEN` after `forget()`.
 */
export type EndReason = RevocationReason | 'REVOKED' | 'FORGOTTEN';

/** The end of this client's session. */
export interface SessionEnd {
  readonly sessionId: string;
  readonly reason: EndReason;
}

/** The state of a client. The same object until something changes. */
export type SessionState =
  /** The storage has not been read yet. */
  | { readonly status: 'loading'; readonly session?: undefined; readonly end?: undefined }
  | { readonly status: 'signed-in'; readonly session: Session; readonly end?: undefined }
  /** With `end` if a session of this client ended. */
  | {
      readonly status: 'signed-out';
      readonly session?: undefined;
      readonly end?: SessionEnd | undefined;
    };

/** A session with its tokens, as stored and as shared with other tabs. */
export interface Grant extends GrantFieldsFragment {
  /** How far the service's clock is ahead of this machine's, in milliseconds. */
  readonly clockOffset: number;
}

/** Call it as soon as the response arrives: the error of the offset is the time that the response took. */
export function toGrant(fields: GrantFieldsFragment, now: number): Grant {
  return { ...fields, clockOffset: Date.parse(fields.issuedAt) - now };
}

/** Whether both are the same grant: of one session, with the same tokens. Other fields of the session may differ. */
export function isSame(one: Grant | undefined, other: Grant): boolean {
  return one?.issuedAt === other.issuedAt && one.session.id === other.session.id;
}

/** Whether a grant is newer than another: issued later, or issued at the same time and authenticated later. */
export function isLater(one: Grant, other: Grant): boolean {
  if (one.issuedAt !== other.issuedAt) return one.issuedAt > other.issuedAt;
  return one.session.authenticatedAt > other.session.authenticatedAt;
}

/** Milliseconds from now until a time of the service's clock. */
export function timeUntil(time: string, { clockOffset }: Grant, now: number): number {
  return Date.parse(time) - clockOffset - now;
}
