import { LRUCache } from 'lru-cache';
import type { Invalidation, Invalidations } from './invalidations.js';
import type { Session, SessionId, SessionReference } from '../sessions/session.js';
import { sessionIdIn } from '../sessions/token.js';
import { isSameWallet } from '../accounts/wallet.js';

/** As many as an ordinary process has memory for. */
export const DEFAULT_NEAR_CACHE_SIZE = 50_000;

interface NearCacheOptions {
  readonly invalidations: Invalidations;
  /** The most sessions that are kept; 0 keeps none. */
  readonly size: number;
}

/** What happened since the start, for those who measure. */
export interface NearCacheStatistics {
  /** Validations that were answered from memory. */
  readonly hits: number;
  /** Validations that had to ask the store. */
  readonly misses: number;
  /** Sessions that were dropped to make room for others. */
  readonly evicted: number;
  /** Sessions that were dropped because the store said that they had changed. */
  readonly invalidated: number;
  /** How often everything was dropped, because the store could have said so and not been heard. */
  readonly emptied: number;
  /** Sessions in memory now. */
  readonly size: number;
}

/**
 * Validated sessions in memory, so that the next request of each asks nobody. It never answers what the
 * store has called changed, nor anything while the store's word may be missing ({@link Invalidations}).
 */
export interface NearCache {
  /** The session that the token stands for, if it is known here and lives on after `now`. */
  byToken(accessToken: string, now: number): Session | undefined;
  /** The session itself, whatever its token, if it is known here and lives on after `now`. */
  bySession(session: SessionReference, now: number): Session | undefined;
  /** The same, not counted: for what asks by itself, again and again. */
  peek(session: SessionReference, now: number): Session | undefined;
  /** To be called before the record of a session is asked for: see {@link Reading}. */
  read(id: SessionId): Reading;
  readonly statistics: () => NearCacheStatistics;
}

/** A record on its way from the store, which may change before it is here. */
export interface Reading {
  /** Keeps what the record holds, unless the store has said meanwhile that it changed. */
  keep(session: Session, accessToken?: string): void;
  end(): void;
}

interface Entry {
  readonly session: Session;
  /** The access token, where one was checked. */
  readonly token: CachedToken | undefined;
}

export function createNearCache({ invalidations, size }: NearCacheOptions): NearCache {
  const isOff = size === 0;
  const counted = { hits: 0, misses: 0, evicted: 0, invalidated: 0, emptied: 0 };
  const entries = new LRUCache<SessionId, Entry>({
    max: Math.max(1, size),
    dispose: (_entry, _id, why) => {
      if (why === 'evict') counted.evicted += 1;
    },
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
      // Its key in the cache is not secret.
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

/** An access token that is cached to be recognized: as bytes, so that no listing of the heap's texts shows it. */
type CachedToken = Uint8Array;

export function cacheToken(accessToken: string): CachedToken {
  return new TextEncoder().encode(accessToken);
}

/**
 * Whether it is that token, in a time that does not tell where the two begin to differ. `timingSafeEqual` would
 * need a copy of the text in bytes: that, or a digest, takes several times as long as the rest of a validation.
 */
export function isCachedToken(cached: CachedToken, accessToken: string): boolean {
  if (accessToken.length !== cached.length) return false;
  let difference = 0;
  for (let index = 0; index < accessToken.length; index += 1) {
    difference |= accessToken.charCodeAt(index) ^ (cached[index] ?? 0);
  }
  return difference === 0;
}
