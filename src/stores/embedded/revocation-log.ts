import type { Revocation, RevocationReason, SessionId } from '../../session/session.js';
import type { RevocationFeed } from '../../session/store.js';
import type { Partition } from '../../session/wallet.js';
import { BEGINNING, parseCursor } from '../cursor.js';
import { read, type Tables } from './tables.js';

/** Revocations are kept for a day, for watchers that come back. */
const RETENTION = 24 * 60 * 60_000;

interface Watcher {
  /** The last revocation that the listener has had. */
  cursor: string;
  readonly listener: (revocation: Revocation) => void;
}

/** The revocations on disk, and those in this process who wait for more. */
export interface RevocationLog extends RevocationFeed {
  /** Adds one. Within the transaction that ends the session. */
  append(
    partition: Partition,
    sessionId: SessionId,
    reason: RevocationReason,
    now: number,
  ): Revocation;
  /** Removes those that are older than a day. Within a transaction. */
  forgetOld(now: number): void;
  /** Tells the watchers of the partition what they have not had yet. After the commit. */
  announce(partition: Partition): void;
}

export function createRevocationLog(tables: Tables): RevocationLog {
  const { revocations, revocationTimes } = tables;
  const watched = new Map<Partition, Set<Watcher>>();

  const after = (partition: Partition, cursor: string) => {
    const { time, sequence } = parseCursor(cursor);
    const range = { start: [partition, time, sequence + 1], end: [partition, Infinity, 0] };
    return Array.from(revocations.getRange(range), ({ value }) => value);
  };

  const last = (partition: Partition): Revocation | undefined => {
    const [entry] = revocations.getRange({
      start: [partition, Infinity, 0],
      end: [partition, 0, 0],
      reverse: true,
      limit: 1,
    });
    return entry?.value;
  };

  function deliver(partition: Partition, watcher: Watcher): void {
    for (const revocation of after(partition, watcher.cursor)) {
      watcher.cursor = revocation.cursor;
      watcher.listener(revocation);
    }
  }

  return {
    append(partition, sessionId, reason, now) {
      const { time, sequence } = parseCursor(last(partition)?.cursor ?? BEGINNING);
      // A clock that steps back must not put a revocation before those that were told already.
      const [at, order] = now > time ? [now, 0] : [time, sequence + 1];
      const revocation = { cursor: `${at}-${order}`, sessionId, reason, revokedAt: now };
      void revocations.put([partition, at, order], revocation);
      void revocationTimes.put([at, partition, order], true);
      return revocation;
    },

    forgetOld(now) {
      for (const key of [...revocationTimes.getKeys({ end: [now - RETENTION, '', 0] })]) {
        const [time, partition, sequence] = key;
        void revocationTimes.remove(key);
        void revocations.remove([partition, time, sequence]);
      }
    },

    announce(partition) {
      for (const watcher of watched.get(partition) ?? []) deliver(partition, watcher);
    },

    async watch(partition, listener, cursor) {
      if (cursor !== undefined) parseCursor(cursor);
      const watcher: Watcher = {
        cursor: cursor ?? (await read(() => last(partition)?.cursor)) ?? BEGINNING,
        listener,
      };
      const watchers = watched.get(partition) ?? new Set();
      watched.set(partition, watchers.add(watcher));
      await read(() => {
        deliver(partition, watcher);
      });
      return {
        stop() {
          watchers.delete(watcher);
          if (watchers.size === 0 && watched.get(partition) === watchers) watched.delete(partition);
        },
      };
    },
  };
}
