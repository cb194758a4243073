import type { SessionPolicy } from './policy.js';
import type { Revocation, RevocationReason, SessionId } from './session.js';
import type { TokenHashes } from './token.js';
import type { Partition } from '../accounts/wallet.js';

/**
 * A session as a store keeps it: times and hashes in clear, because a store decides by them; all that
 * describes a person sealed. Times are milliseconds since the Unix epoch.
 */
export interface SessionRecord extends TokenHashes {
  readonly id: SessionId;
  readonly createdAt: number;
  readonly authenticatedAt: number;
  readonly expiresAt: number;
  readonly absoluteExpiresAt: number;
  /** How many times the session was refreshed. */
  readonly generation: number;
  /** When it was last refreshed; `createdAt` if never. */
  readonly rotatedAt: number;
  /**
   * The generation of the refresh token that the current pair was exchanged for; `generation` if the session was never
   * refreshed. More than one behind `generation` if pairs were replaced because they were never used.
   */
  readonly exchanged: number;
  /** Whether the current pair has been used: a request was let in by it. True for the first pair of a session. */
  readonly used: boolean;
  /** If the pair replaced an unused one, what yields it from the refresh token of that one; else empty. */
  readonly bridge: Uint8Array;
  /** Sealed: who signed in, with what, and when and from where the session was last seen. */
  readonly details: Uint8Array;
}

export interface SessionLimit {
  /** Concurrent sessions in the partition; 0 means no limit. */
  readonly max: number;
  readonly onLimit: SessionPolicy['onLimit'];
}

/** How an insertion makes room: within a limit, or by ending every other session of the partition. */
export type Room = SessionLimit | 'end-others';

/** A session that a step has ended. */
export interface EndedSession extends Revocation {
  /** When it would have ended, or has ended, by itself. */
  readonly expiresAt: number;
  /** Of one that expired, whether that was noticed before: then it has been collected, and audited. */
  readonly alreadyCollected: boolean;
}

export interface InsertOutcome {
  /**
   * `full`: refused by the limit. `crowded`: with `end-others`, the partition had more sessions than one step ends;
   * {@link REVOKED_AT_ONCE} of them have ended, nothing was added, and the insertion is to be repeated.
   */
  readonly kind: 'inserted' | 'full' | 'crowded';
  /** What had expired, as much as one step ends; unless the partition is full, also what made room. */
  readonly ended: readonly EndedSession[];
}

export interface Rotation {
  /** The generation that the presented refresh token claims; its tag was checked. */
  readonly generation: number;
  /** The hash of the presented token under each key of the ring, by key id. */
  readonly presented: ReadonlyMap<string, Uint8Array>;
  /** What replaces the record's hashes, if the token is the current one. */
  readonly successor: TokenHashes;
  /** Milliseconds from now to the new expiry (never past the record's absolute one). */
  readonly timeout: number;
  /**
   * Milliseconds after a rotation during which its repetition is honoured. With 0, a refresh token works exactly once, and
   * unused pairs are not replaced.
   */
  readonly grace: number;
  /** Set to replace a pair that was never used: see the outcome `unused`. */
  readonly replaces?: Replacement | undefined;
}

export interface Replacement {
  /** The generation of the pair to replace. If it is no longer the current one, the pair is not replaced. */
  readonly generation: number;
  readonly bridge: Uint8Array;
}

export type RotationOutcome =
  /** The token was the current one; the record now holds the successor. */
  | {
      readonly kind: 'rotated';
      readonly record: SessionRecord;
      /** The idle timeout until now. */
      readonly expiredAt: number;
    }
  /**
   * Within the grace window, the token is the one that the current pair was exchanged for, or that of the pair that the
   * current one replaced; nothing changed.
   */
  | { readonly kind: 'repeated'; readonly record: SessionRecord }
  /**
   * After the grace window, the token is the one that the current pair was exchanged for, and that pair was never used:
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
  /** No such session (any more), or not its token. */
  | { readonly kind: 'unknown' };

export interface ExpiryOutcome {
  readonly ended: readonly EndedSession[];
  /** The next expiry in the partition, which has passed where more have expired; `undefined` if no session is left. */
  readonly next: number | undefined;
}

/** Which sessions of a partition to revoke. */
export type Selection =
  { readonly these: readonly SessionId[] } | { readonly allBut: SessionId } | 'all';

/** The most sessions that one step revokes: a store serves nobody else meanwhile. */
export const REVOKED_AT_ONCE = 500;

/** The most sessions that one step finds expired and ends, for the same reason. */
export const EXPIRED_AT_ONCE = 100;

/**
 * The session in whose name others are ended. It may end itself, and any session whose wallet signed no later than its
 * own wallet did. The step decides by the records that it finds.
 */
export interface Authority {
  /**
   * The session, if it is in the same partition: the step checks that it has not ended. `undefined` for a session of
   * another partition and for later steps of the same call: the caller has checked it.
   */
  readonly session: SessionId | undefined;
  /** When the caller last saw its wallet sign. A later time in the record does not count. */
  readonly authenticatedAt: number;
  /** An authority whose wallet signed after this time is fresh, and may end any session of the partition. */
  readonly freshAfter: number;
  /**
   * What becomes of the selection if it contains a session that the authority may not end. `refuse`: none ends. `spare`:
   * the others end.
   */
  readonly onProtected: 'refuse' | 'spare';
}

export interface RevokeOutcome {
  /**
   * `unauthenticated`: the authority has ended or expired. `protected`: the authority may not end one of the selected
   * sessions, and is to refuse. In both cases nothing has ended.
   */
  readonly kind: 'revoked' | 'unauthenticated' | 'protected';
  /** Those that the step ended: which had not ended before. */
  readonly ended: readonly EndedSession[];
  /** The selected sessions beyond {@link REVOKED_AT_ONCE}, to be revoked by further steps. */
  readonly left: readonly SessionId[];
}

/** Which page of a wallet's sessions. */
export interface PageRequest {
  /** The most records to read. */
  readonly first: number;
  /** The last one of the page before, whether or not it is still there. */
  readonly after?: SessionId | undefined;
}

export interface RecordPage {
  /** Of those on the page, the ones whose record is still there. */
  readonly records: readonly SessionRecord[];
  /** How many sessions there are on all pages together. */
  readonly total: number;
  readonly hasPrevious: boolean;
  readonly hasMore: boolean;
  /** The last session on the page, whether or not its record is still there; `undefined` on an empty page. */
  readonly end: SessionId | undefined;
}

/**
 * Where sessions live. Each method is one atomic step: what others see is the state before or after
 * it, and a promise that resolved means that the step is kept. Every store passes the same contract
 * (`test/stores/contract.ts`), whose heart is: a session that has ended stays ended. No rotation,
 * touch or insertion that raced with the end brings it back or leaves it out of the partition's list.
 *
 * `now` is the caller's clock. A record whose `expiresAt` is not after `now` does not exist. Every
 * insertion and every `expire` revokes such records of the partition with `EXPIRED`, {@link EXPIRED_AT_ONCE} at
 * the most, so that each expiry is told once and no index keeps dead entries. Those that nobody revokes are collected
 * ({@link ExpiredSessions}); one that was may still be told after that, and says so (`alreadyCollected`).
 *
 * Every revocation is told to the watchers of the partition ({@link RevocationFeed}) in the same step.
 *
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from every method, where the store does not answer
 */
export interface SessionStore {
  /**
   * Adds a session within the limit. With `end-next-to-expire`, as many as must make room end with
   * `LIMIT_EXCEEDED`, in the order of `expiresAt`; with `refuse-new`, nothing is added to a full partition.
   * With `end-others`, the step that adds the session ends all others with `LOGOUT_ALL`, whatever the limit.
   */
  insert(
    partition: Partition,
    record: SessionRecord,
    room: Room,
    now: number,
  ): Promise<InsertOutcome>;
  /** Reads one record: the hot path. May return one that has just expired; the caller checks. */
  find(partition: Partition, id: SessionId): Promise<SessionRecord | undefined>;
  /**
   * All sessions of the partition that have not expired, in no particular order, to be gone through once: a store may
   * make each record when its turn comes, so that a thousand need not be in memory at once. Changes nothing.
   */
  list(partition: Partition, now: number): Promise<Iterable<SessionRecord>>;
  /**
   * A page of the same, newest first, which is by id backwards. A session that is there all the
   * while is on exactly one of the pages that follow each other, whatever is added or ended meanwhile. Changes nothing.
   */
  listPage(partition: Partition, page: PageRequest, now: number): Promise<RecordPage>;
  rotate(
    partition: Partition,
    id: SessionId,
    rotation: Rotation,
    now: number,
  ): Promise<RotationOutcome>;
  /**
   * Notes that the pair of this generation has been used. To be called before a request is let in by an unused pair.
   * @returns false if the session has another pair by now, or has ended: then the pair lets nobody in
   */
  markUsed(partition: Partition, id: SessionId, generation: number): Promise<boolean>;
  /**
   * Replaces the sealed details, if the session still exists and its `authenticatedAt` is still the one
   * that they are sealed with.
   */
  touch(
    partition: Partition,
    id: SessionId,
    details: Uint8Array,
    authenticatedAt: number,
  ): Promise<void>;
  /**
   * Sets `authenticatedAt` to now, with the details that are sealed with that, if the session still exists;
   * gives the record as it then is.
   */
  reauthenticate(
    partition: Partition,
    id: SessionId,
    details: Uint8Array,
    now: number,
  ): Promise<SessionRecord | undefined>;
  /**
   * Ends the selected sessions, at most {@link REVOKED_AT_ONCE}. One that it finds expired ends with `EXPIRED`
   * whatever the reason given.
   * @param authority in whose name; without it, the server's own decision. Checked against every selected session before
   * the first one ends
   */
  revoke(
    partition: Partition,
    selection: Selection,
    reason: RevocationReason,
    now: number,
    authority?: Authority,
  ): Promise<RevokeOutcome>;
  /**
   * Resolves when these ends, and all before them in the partition, outlive what the store was told to outlive.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE` where that takes too long: they have ended, and the store
   * goes on to see to it
   */
  confirm(partition: Partition, ended: readonly Revocation[]): Promise<void>;
  /** Revokes what has expired, {@link EXPIRED_AT_ONCE} at the most: to be repeated as long as `next` has passed. */
  expire(partition: Partition, now: number): Promise<ExpiryOutcome>;
}

/** The ends of sessions, wherever they were decided. */
export interface RevocationFeed {
  /**
   * Calls `listener` for each revocation in the partition, in order and once each, from the moment the
   * promise resolves on; with `after`, first for those that the store still keeps since that cursor. A revocation that
   * a failover of the store has undone may be delivered again, with another cursor, when the session ends again.
   */
  watch(
    partition: Partition,
    listener: (revocation: Revocation) => void,
    after?: string,
  ): Promise<Watch>;
}

/** Listening to the ends of a wallet's sessions, until it is stopped. */
export interface Watch {
  stop(): void;
}
