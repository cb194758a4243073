import { createBoundedCache } from '../bounded-cache.js';
import type { Session, SessionId, SessionReference } from '../sessions/session.js';
import { sessionIdIn } from '../sessions/token.js';
import { isSameWallet } from '../accounts/wallet.js';

interface NearCacheOptions {
  readonly invalidations: Invalidations;
  /** The maximum number of cached sessions; 0 turns the cache off. */
  readonly size: number;
}

/** Counts since the start of the process. */
export interface NearCacheStatistics {
  /** Validations that were answered from memory. */
  readonly hits: number;
  /** Validations, and checks of sockets, that had to read the store. */
  readonly misses: number;
  /** Sessions that were dropped to make room for others. */
  readonly evicted: number;
  /** Sessions that were dropped because the store reported a change. */
  readonly invalidated: number;
  /** How many times the whole cache was dropped because reports of changes may have been lost. */
  readonly emptied: number;
  /** Sessions in memory now. */
  readonly size: number;
}

/**
 * Caches validated sessions in memory, so that later requests of the same session need no store call. It returns no
 * session that the store has reported as changed, and none at all while reports may be missing ({@link Invalidations}).
 */
export interface NearCache {
  /** Returns the session of the token if it is cached and expires after `now`. */
  byToken(accessToken: string, now: number): Session | undefined;
  /** Returns the session, regardless of its current token, if it is cached and expires after `now`. */
  bySession(session: SessionReference, now: number): Session | undefined;
  /** Like `bySession`, but not counted in the statistics: for periodic checks. */
  peek(session: SessionReference, now: number): Session | undefined;
  /** Call this before reading the record of a session from the store: see {@link Reading}. */
  read(id: SessionId): Reading;
  readonly statistics: () => NearCacheStatistics;
}

/** A read in progress. The record may change before the store's answer arrives. */
interface Reading {
  /** Caches the session, unless the store has reported a change since the read began. */
  keep(session: Session, accessToken?: string): void;
  end(): void;
}

interface Entry {
  readonly session: Session;
  /** The access token, if one was checked. */
  readonly token: CachedToken | undefined;
}

export function createNearCache({ invalidations, size }: NearCacheOptions): NearCache {
  const isOff = size === 0;
  const counted = { hits: 0, misses: 0, evicted: 0, invalidated: 0, emptied: 0 };
  const entries = createBoundedCache<SessionId, Entry>(Math.max(1, size), (_entry, _id, why) => {
    if (why === 'evict') counted.evicted += 1;
  });
  const underWay = new Map<SessionId, Set<{ stale: boolean }>>();

  function invalidate(changed: Invalidation): void {
    if (changed === 'all') {
      entries.clear();
      counted.emptied += 1;
      for (const readings of underWay.values()) spoil(readings);
      return;
    }
    if (entries.delete(changed)) counted.invalidated += 1;
    const readings = underWay.get(changed);
    if (readings !== undefined) spoil(readings);
  }

  const recall = (id: SessionId): Entry | undefined =>
    !isOff && invalidations.upToDate() ? entries.get(id) : undefined;

  const ifAlive = ({ session }: Entry, now: number): Session | undefined =>
    session.expiresAt > now ? session : undefined;

  function peek(named: SessionReference, now: number): Session | undefined {
    const entry = recall(named.id);
    const isMeant = entry !== undefined && isSameWallet(entry.session, named);
    return isMeant ? ifAlive(entry, now) : undefined;
  }

  function countHit(session: Session | undefined): Session | undefined {
    if (session !== undefined) counted.hits += 1;
    return session;
  }

  if (!isOff) invalidations.listen(invalidate);

  return {
    byToken(accessToken, now) {
      // The session id is not secret, so this lookup need not take constant time.
      const entry = recall(sessionIdIn(accessToken));
      const isMeant = entry?.token !== undefined && isCachedToken(entry.token, accessToken);
      return isMeant ? countHit(ifAlive(entry, now)) : undefined;
    },

    bySession: (named, now) => countHit(peek(named, now)),
    peek,

    read(id) {
      counted.misses += 1;
      const reading = { stale: isOff || !invalidations.upToDate() };
      const readings = underWay.get(id) ?? new Set();
      underWay.set(id, readings.add(reading));
      return {
        keep(session, accessToken) {
          if (reading.stale) return;
          const token = accessToken === undefined ? undefined : cacheToken(accessToken);
          entries.set(id, { session, token });
        },
        end() {
          readings.delete(reading);
          if (readings.size === 0 && underWay.get(id) === readings) underWay.delete(id);
        },
      };
    },

    statistics: () => ({ ...counted, size: entries.size }),
  };
}

function spoil(readings: ReadonlySet<{ stale: boolean }>): void {
  for (const reading of readings) reading.stale = true;
}

/** A cached access token. It is kept as bytes, so that a listing of the strings in the heap does not show it. */
type CachedToken = Uint8Array;

export function cacheToken(accessToken: string): CachedToken {
  return new TextEncoder().encode(accessToken);
}

/**
 * Compares the tokens in a time that does not depend on where they differ. `timingSafeEqual` would need a copy of the
 * string as bytes. The copy, or a digest, takes several times as long as the rest of a validation.
 */
export function isCachedToken(cached: CachedToken, accessToken: string): boolean {
  if (accessToken.length !== cached.length) return false;
  let difference = 0;
  for (let index = 0; index < accessToken.length; index += 1) {
    difference |= accessToken.charCodeAt(index) ^ (cached[index] ?? 0);
  }
  return difference === 0;
}

/** The session whose record changed or ended, or `all` if it may be any session. */
export type Invalidation = SessionId | 'all';

/**
 * Reports each change to a record that this process has read, no matter which instance made it. A change that this
 * process makes is reported before its promise resolves.
 */
export interface Invalidations {
  /** The maximum time in milliseconds until a change by another instance is reported, under any failure. */
  readonly bound: number;
  /**
   * Whether changes to records that are read from now on will be reported, and all changes that are older than `bound`
   * have been reported. While this is false, cached records must not be used.
   */
  upToDate(): boolean;
  listen(listener: (changed: Invalidation) => void): void;
}

/** For a store that reports no changes: each request reads the record. */
export const noInvalidations: Invalidations = {
  bound: 0,
  upToDate: () => false,
  listen: () => undefined,
};
