import { timingSafeEqual } from 'node:crypto';
import { newestFirst, type RevocationReason, type SessionId } from '../../sessions/session.js';
import type { SessionRecord } from '../../sessions/record.js';
import {
  EXPIRED_AT_ONCE,
  REVOKED_AT_ONCE,
  type Authority,
  type EndedSession,
  type RevokeOutcome,
  type Rotation,
  type Selection,
  type SessionStore,
} from '../../sessions/store.js';
import type { Partition } from '../../accounts/wallet.js';
import type { RevocationLog } from './revocation-log.js';
import {
  countExpiriesFrom,
  expiriesOf,
  putSession,
  read,
  removeSession,
  sessionsOf,
  transact,
  type Expiry,
  type Tables,
} from './tables.js';

/** Sessions in LMDB: each step is one transaction, and LMDB runs one transaction at a time. */
export function createEmbeddedSessionStore(tables: Tables, log: RevocationLog): SessionStore {
  const step = async <Result>(partition: Partition, run: () => Result): Promise<Result> => {
    const result = await transact(tables, run);
    log.announce(partition);
    return result;
  };

  const unexpiredIn = (partition: Partition, now: number) =>
    sessionsOf(tables, partition).filter(({ expiresAt }) => expiresAt > now);

  const findUnexpired = (partition: Partition, id: SessionId, now: number) => {
    const record = tables.sessions.get([partition, id]);
    return record !== undefined && record.expiresAt > now ? record : undefined;
  };

  function selectedOf(partition: Partition, selection: Selection): Expiry[] {
    if (selection !== 'all' && 'these' in selection) {
      return selection.these.flatMap((id) => tables.sessions.get([partition, id]) ?? []);
    }
    const kept = selection === 'all' ? undefined : selection.allBut;
    return expiriesOf(tables, partition).filter(({ id }) => id !== kept);
  }

  /** Returns the selected sessions that the authority may revoke, or why it may not. Expired sessions are never protected. */
  function authorized(
    partition: Partition,
    { session, authenticatedAt, freshAfter, onProtected }: Authority,
    selected: readonly Expiry[],
    now: number,
  ): readonly Expiry[] | Exclude<RevokeOutcome['kind'], 'revoked'> {
    let signed = authenticatedAt;
    if (session !== undefined) {
      const own = findUnexpired(partition, session, now);
      if (own === undefined) return 'unauthenticated';
      signed = Math.min(own.authenticatedAt, authenticatedAt);
    }
    if (signed > freshAfter) return selected;
    const mayEnd = ({ id }: Expiry) => {
      const other = findUnexpired(partition, id, now);
      return id === session || other === undefined || other.authenticatedAt <= signed;
    };
    if (onProtected === 'spare') return selected.filter(mayEnd);
    return selected.every(mayEnd) ? selected : 'protected';
  }

  /** Revokes up to {@link REVOKED_AT_ONCE} sessions, and returns the others as left. */
  function endAtOnce(
    partition: Partition,
    selected: readonly Expiry[],
    reason: RevocationReason,
    now: number,
  ): Pick<RevokeOutcome, 'ended' | 'left'> {
    const ended = selected
      .slice(0, REVOKED_AT_ONCE)
      .map((session) => end(partition, session, session.expiresAt > now ? reason : 'EXPIRED', now));
    return { ended, left: selected.slice(REVOKED_AT_ONCE).map(({ id }) => id) };
  }

  function end(
    partition: Partition,
    { id, expiresAt }: Expiry,
    reason: RevocationReason,
    now: number,
  ): EndedSession {
    removeSession(tables, partition, { id, expiresAt });
    return { ...log.append(partition, id, reason, now), expiresAt, alreadyCollected: false };
  }

  function endExpired(partition: Partition, now: number): EndedSession[] {
    return expiriesOf(tables, partition, { until: now, limit: EXPIRED_AT_ONCE }).map((session) =>
      end(partition, session, 'EXPIRED', now),
    );
  }

  /** Returns the number of unexpired sessions that have to end before one more fits in the limit. */
  function excessOver(max: number, partition: Partition, now: number): number {
    return max > 0 ? countExpiriesFrom(tables, partition, now + 1) - max + 1 : 0;
  }

  return {
    insert: (partition, record, room, now) =>
      step(partition, () => {
        if (room === 'end-others') {
          const others = expiriesOf(tables, partition);
          const { ended, left } = endAtOnce(partition, others, 'LOGOUT_ALL', now);
          if (left.length > 0) return { kind: 'crowded', ended };
          putSession(tables, partition, record);
          return { kind: 'inserted', ended };
        }
        const ended = endExpired(partition, now);
        const excess = excessOver(room.max, partition, now);
        if (excess > 0) {
          if (room.onLimit === 'refuse-new') return { kind: 'full', ended };
          for (const next of expiriesOf(tables, partition, { from: now + 1, limit: excess })) {
            ended.push(end(partition, next, 'LIMIT_EXCEEDED', now));
          }
        }
        putSession(tables, partition, record);
        return { kind: 'inserted', ended };
      }),

    find: (partition, id) => read(() => tables.sessions.get([partition, id])),

    list: (partition, now) => read(() => unexpiredIn(partition, now)),

    listPage: (partition, { first, after }, now) =>
      read(() => {
        const sorted = unexpiredIn(partition, now).sort(newestFirst);
        const before = after === undefined ? 0 : sorted.filter(({ id }) => id >= after).length;
        const records = sorted.slice(before, before + first);
        return {
          records,
          total: sorted.length,
          hasPrevious: before > 0,
          hasMore: before + records.length < sorted.length,
          end: records.at(-1)?.id,
        };
      }),

    rotate: (partition, id, rotation, now) =>
      step(partition, () => {
        const record = findUnexpired(partition, id, now);
        if (record === undefined) return { kind: 'unknown' };
        const decision = decideRotation(record, rotation, now);
        switch (decision.kind) {
          case 'rotated':
            putSession(tables, partition, decision.record);
            return { ...decision, expiredAt: record.expiresAt };
          case 'reused':
            return {
              kind: 'reused',
              record,
              revocation: end(partition, record, 'TOKEN_REUSE', now),
            };
          default:
            return decision;
        }
      }),

    markUsed: (partition, id, generation) =>
      step(partition, () => {
        const record = tables.sessions.get([partition, id]);
        if (record?.generation !== generation) return false;
        if (!record.used) putSession(tables, partition, { ...record, used: true });
        return true;
      }),

    touch: (partition, id, details, authenticatedAt, next = authenticatedAt) =>
      step(partition, () => {
        const record = tables.sessions.get([partition, id]);
        if (record?.authenticatedAt !== authenticatedAt) return false;
        putSession(tables, partition, { ...record, details, authenticatedAt: next });
        return true;
      }),

    reauthenticate: (partition, id, details, authenticatedAt, now) =>
      step(partition, () => {
        const record = findUnexpired(partition, id, now);
        if (record?.authenticatedAt !== authenticatedAt) return undefined;
        const renewed = { ...record, authenticatedAt: now, details };
        putSession(tables, partition, renewed);
        return renewed;
      }),

    revoke: (partition, selection, reason, now, authority) =>
      step(partition, () => {
        const selected = selectedOf(partition, selection);
        const mayEnd =
          authority === undefined ? selected : authorized(partition, authority, selected, now);
        if (typeof mayEnd === 'string') return { kind: mayEnd, ended: [], left: [] };
        return { kind: 'revoked', ...endAtOnce(partition, mayEnd, reason, now) };
      }),

    confirm: () => Promise.resolve(),

    expire: (partition, now) =>
      step(partition, () => {
        const ended = endExpired(partition, now);
        const [next] = expiriesOf(tables, partition, { limit: 1 });
        return { ended, next: next?.expiresAt };
      }),
  };
}

type RotationDecision =
  | { readonly kind: 'rotated'; readonly record: SessionRecord }
  | { readonly kind: 'repeated' | 'unused'; readonly record: SessionRecord }
  | { readonly kind: 'reused' }
  | { readonly kind: 'limited'; readonly retryIn: number }
  | { readonly kind: 'unknown' };

/** Decides what a rotation does to an unexpired record. `lua/rotate.lua` makes the same decision on Redis. */
function decideRotation(record: SessionRecord, rotation: Rotation, now: number): RotationDecision {
  const { generation, presented, successor, timeout, grace, replaces, limit } = rotation;
  const install = (exchanged: number, bridge: Uint8Array): RotationDecision => {
    const counted = countRotation(record, limit, now);
    if (typeof counted === 'number') return { kind: 'limited', retryIn: counted };
    return {
      kind: 'rotated',
      record: {
        ...record,
        ...successor,
        ...counted,
        generation: record.generation + 1,
        rotatedAt: now,
        exchanged,
        used: false,
        bridge,
        expiresAt: Math.min(now + timeout, record.absoluteExpiresAt),
      },
    };
  };
  if (generation > record.generation) return { kind: 'unknown' };
  if (generation === record.generation) {
    const hash = presented.get(record.keyId);
    if (hash === undefined || !isSame(hash, record.refreshHash)) return { kind: 'unknown' };
    return install(generation, new Uint8Array());
  }
  const wasExchanged = generation === record.exchanged;
  const wasReplaced = generation === record.generation - 1 && record.bridge.byteLength > 0;
  if ((wasExchanged || wasReplaced) && now < record.rotatedAt + grace) {
    return { kind: 'repeated', record };
  }
  if (wasExchanged && !record.used && grace > 0) {
    return replaces?.generation === record.generation
      ? install(generation, replaces.bridge)
      : { kind: 'unused', record };
  }
  return { kind: 'reused' };
}

/** Counts a rotation, or returns the time to wait if the session is at its limit. */
function countRotation(
  { generation, countedFrom, countedGeneration }: SessionRecord,
  limit: Rotation['limit'],
  now: number,
): Pick<SessionRecord, 'countedFrom' | 'countedGeneration'> | number {
  const { acts, window } = limit ?? { acts: 0, window: 0 };
  const age = now - countedFrom;
  if (acts > 0 && (age < 0 || age >= window)) {
    return { countedFrom: now, countedGeneration: generation };
  }
  const isAtLimit = acts > 0 && generation - countedGeneration >= acts;
  return isAtLimit ? window - age : { countedFrom, countedGeneration };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
