import type { SessionPolicy } from './policy.js';
import type { Revocation, RevocationReason, SessionId } from './session.js';
import type { SessionRecord } from './record.js';
import type { TokenHashes } from './token.js';
import type { Partition } from '../accounts/wallet.js';

export interface SessionLimit {
  /** Concurrent sessions in the partition; 0 means no limit. */
  readonly max: number;
  readonly onLimit: SessionPolicy['onLimit'];
}

/** How an insertion makes room: within a limit, or by revoking every other session of the partition. */
export type Room = SessionLimit | 'end-others';

/** A session that a step has ended. */
export interface EndedSession extends Revocation {
  /** The idle timeout of the session when it ended. */
  readonly expiresAt: number;
  /** Whether the session had expired and was collected, and therefore audited, before this step. */
  readonly alreadyCollected: boolean;
}

export interface InsertOutcome {
  /**
   * `full`: the limit refused the session. `crowded`: with `end-others`, the partition had more sessions than one step
   * ends. {@link REVOKED_AT_ONCE} of them have ended and nothing was added; repeat the insertion.
   */
  readonly kind: 'inserted' | 'full' | 'crowded';
  /** Expired sessions, at most as many as one step removes, and the sessions that were revoked to make room. */
  readonly ended: readonly EndedSession[];
}

export interface Rotation {
  /** The generation of the presented refresh token, whose tag the caller has checked. */
  readonly generation: number;
  /** The hash of the presented token under each key of the ring, by key id. */
  readonly presented: ReadonlyMap<string, Uint8Array>;
  /** The hashes to store if the token is the current one. */
  readonly successor: TokenHashes;
  /** Milliseconds from now to the new idle timeout, which never exceeds the absolute timeout of the record. */
  readonly timeout: number;
  /**
   * Milliseconds after a rotation during which it may be repeated. With 0, a refresh token works exactly once, and
   * unused pairs are not replaced.
   */
  readonly grace: number;
  /** Replaces a pair that was never used: see the outcome `unused`. */
  readonly replaces?: Replacement | undefined;
  /** Limits the rotations of the session to a number in each window of milliseconds. Default: no limit. */
  readonly limit?: { readonly acts: number; readonly window: number } | undefined;
}

export interface Replacement {
  /** The generation of the pair to replace. If it is no longer the current one, the pair is not replaced. */
  readonly generation: number;
  readonly bridge: Uint8Array;
}

export type RotationOutcome =
  /** The token was the current one. The record now holds the successor. */
  | {
      readonly kind: 'rotated';
      readonly record: SessionRecord;
      /** The idle timeout until now. */
      readonly expiredAt: number;
    }
  /**
   * Within the grace period, the token is the one that the current pair was exchanged for, or that of the pair that the
   * current one replaced; nothing changed.
   */
  | { readonly kind: 'repeated'; readonly record: SessionRecord }
  /**
   * After the grace period, the token is the one that the current pair was exchanged for, and that pair was never used:
   * its owner may not have received it. Nothing changed. The caller may repeat the rotation with `replaces`.
   */
  | { readonly kind: 'unused'; readonly record: SessionRecord }
  /** The token was used before; the session was revoked with `TOKEN_REUSE`. */
  | {
      readonly kind: 'reused';
      readonly revocation: EndedSession;
      /** The record as it last was. */
      readonly record: SessionRecord;
    }
  /** The token would have been exchanged, but the session is at its limit for some milliseconds; nothing changed. */
  | { readonly kind: 'limited'; readonly retryIn: number }
  /** The session does not exist, or the token is not one of its tokens. */
  | { readonly kind: 'unknown' };

export interface ExpiryOutcome {
  readonly ended: readonly EndedSession[];
  /** The next expiry in the partition. In the past if further sessions have expired; `undefined` if no session is left. */
  readonly next: number | undefined;
}

/** Which sessions of a partition to revoke. */
export type Selection =
  { readonly these: readonly SessionId[] } | { readonly allBut: SessionId } | 'all';

/** The maximum number of sessions that one step revokes. The store serves no other request during a step. */
export const REVOKED_AT_ONCE = 500;

/** The maximum number of expired sessions that one step ends, for the same reason. */
export const EXPIRED_AT_ONCE = 100;

/**
 * The session that asks to revoke others. It may revoke itself, and any session whose wallet signed no later than its own
 * wallet did. The step decides by the records that it finds.
 */
export interface Authority {
  /**
   * The session, if it is in the same partition: the step checks that it has not ended. `undefined` for a session of
   * another partition and for later steps of the same call: the caller has checked it.
   */
  readonly session: SessionId | undefined;
  /** The time of the last signature of its wallet that the caller knows of. A later time in the record does not count. */
  readonly authenticatedAt: number;
  /** An authority whose wallet signed after this time is fresh, and may revoke any session of the partition. */
  readonly freshAfter: number;
  /**
   * What happens if the selection contains a session that the authority may not end. `refuse`: no session ends.
   * `spare`: the others end.
   */
  readonly onProtected: 'refuse' | 'spare';
}

export interface RevokeOutcome {
  /**
   * `unauthenticated`: the authority has ended or expired. `protected`: the authority may not revoke one of the selected
   * sessions, with `onProtected: 'refuse'`. In both cases no session has ended.
   */
  readonly kind: 'revoked' | 'unauthenticated' | 'protected';
  /** The sessions that this step ended. Sessions that had ended before are not among them. */
  readonly ended: readonly EndedSession[];
  /** The selected sessions beyond {@link REVOKED_AT_ONCE}, to be revoked by further steps. */
  readonly left: readonly SessionId[];
}

/** Maximum number of items on a page of any list. */
export const MAX_PAGE_SIZE = 100;

/** A page of a wallet's sessions. */
export interface PageRequest {
  /** The maximum number of sessions on the page. */
  readonly first: number;
  /** The last session of the previous page, whether or not it still exists. */
  readonly after?: SessionId | undefined;
}

export interface RecordPage {
  /** The records of the page that still exist. */
  readonly records: readonly SessionRecord[];
  /** The number of sessions on all pages. */
  readonly total: number;
  readonly hasPrevious: boolean;
  readonly hasMore: boolean;
  /** The last session on the page, whether or not its record still exists; `undefined` on an empty page. */
  readonly end: SessionId | undefined;
}

/**
 * Stores sessions. Each method is one atomic step: other callers see the state before it or after it. When its promise
 * resolves, the step has been stored. Every store passes the same contract (`test/stores/contract.ts`). Its central rule:
 * a session that has ended stays ended. A rotation, touch or insertion that races with the end neither restores the
 * session nor removes another one from the partition's list.
 *
 * `now` is the time by the store's clock (`StoreClock`). A record exists while `expiresAt` is after `now`. Each insertion
 * and each `expire` revokes at most {@link EXPIRED_AT_ONCE} expired records of the partition with `EXPIRED`, so that each
 * expiry is announced once and the indexes keep no dead entries. A sweep collects the others ({@link ExpiredSessions}).
 * A collected session may be announced later, with `alreadyCollected`.
 *
 * The step that revokes a session also announces the revocation to the watchers of the partition
 * ({@link RevocationFeed}).
 *
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every method if the store does not answer
 */
export interface SessionStore {
  /**
   * Adds a session within the limit. With `evict-soonest-expiring`, as many sessions as necessary end with
   * `LIMIT_EXCEEDED`, in the order of `expiresAt`. With `refuse-new`, nothing is added to a full partition. With
   * `end-others`, the step that adds the session revokes all others with `LOGOUT_ALL`, regardless of the limit.
   */
  insert(
    partition: Partition,
    record: SessionRecord,
    room: Room,
    now: number,
  ): Promise<InsertOutcome>;
  /** Reads one record. This is the hot path. The record may have just expired: callers check `expiresAt`. */
  find(partition: Partition, id: SessionId): Promise<SessionRecord | undefined>;
  /**
   * Returns all sessions of the partition that have not expired, in no particular order. Iterate over them once: the
   * store may create each record when it is reached, so that a thousand records are not in memory at once.
   */
  list(partition: Partition, now: number): Promise<Iterable<SessionRecord>>;
  /**
   * Returns a page of these sessions, newest first, which is in descending order of id. A session that exists throughout
   * is on exactly one of consecutive pages, even if others are added or ended meanwhile.
   */
  listPage(partition: Partition, page: PageRequest, now: number): Promise<RecordPage>;
  rotate(
    partition: Partition,
    id: SessionId,
    rotation: Rotation,
    now: number,
  ): Promise<RotationOutcome>;
  /**
   * Records that the pair of this generation has been used. Call this before accepting a request with an unused pair.
   * @returns false if the session has another pair now, or has ended: do not accept the request
   */
  markUsed(partition: Partition, id: SessionId, generation: number): Promise<boolean>;
  /**
   * Replaces the encrypted details if the session still exists and still has this `authenticatedAt`.
   * @param next replaces `authenticatedAt`, so that no details of before can replace these. Default: it stays
   * @returns whether the details were replaced
   */
  touch(
    partition: Partition,
    id: SessionId,
    details: Uint8Array,
    authenticatedAt: number,
    next?: number,
  ): Promise<boolean>;
  /**
   * Sets `authenticatedAt` to `now`, together with the details that are bound to it, if the session still exists and still
   * has this `authenticatedAt`. Returns the updated record.
   */
  reauthenticate(
    partition: Partition,
    id: SessionId,
    details: Uint8Array,
    authenticatedAt: number,
    now: number,
  ): Promise<SessionRecord | undefined>;
  /**
   * Revokes the selected sessions, at most {@link REVOKED_AT_ONCE}. A session that has expired ends with `EXPIRED` instead
   * of the given reason.
   * @param authority the session that asks for it; omitted if the service decides by itself. It is checked against every
   * selected session before the first one ends
   */
  revoke(
    partition: Partition,
    selection: Selection,
    reason: RevocationReason,
    now: number,
    authority?: Authority,
  ): Promise<RevokeOutcome>;
  /**
   * Resolves when these revocations, and all earlier ones in the partition, are as durable as the store is configured to
   * make them, for example stored by a replica.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE` if that takes too long. The sessions have ended, and the store
   * continues to confirm it in the background
   */
  confirm(partition: Partition, ended: readonly Revocation[]): Promise<void>;
  /** Revokes expired sessions, at most {@link EXPIRED_AT_ONCE}. Repeat it while `next` is in the past. */
  expire(partition: Partition, now: number): Promise<ExpiryOutcome>;
}

/** Announces the revocations of all instances. */
export interface RevocationFeed {
  /**
   * Calls `listener` once for each revocation in the partition, in order, from the time at which the promise resolves.
   * With `after`, it first delivers the revocations after that cursor that the store still keeps. A revocation that a
   * failover of the store has undone may be delivered again, with another cursor, when the session ends again.
   */
  watch(
    partition: Partition,
    listener: (revocation: Revocation) => void,
    after?: string,
  ): Promise<Watch>;
  /**
   * Returns the first `max` revocations after that cursor that the store still keeps, in order. It reads little more than
   * these.
   * @throws RangeError for an invalid cursor
   */
  readAfter(partition: Partition, cursor: string, max: number): Promise<Revocation[]>;
}

/** A subscription to the revocations of a partition. */
export interface Watch {
  stop(): void;
}
