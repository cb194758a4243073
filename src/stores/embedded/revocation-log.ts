import type { Revocation, RevocationReason, SessionId } from '../../sessions/session.js';
import type { RevocationFeed } from '../../sessions/store.js';
import type { Partition } from '../../accounts/wallet.js';
import { BEGINNING, parseCursor } from '../cursor.js';
import { read, type Tables } from './tables.js';

/** Revocations are kept for a day, for watchers that reconnect. */
const RETENTION = 24 * 60 * 60_000;

type Listener = (revocation: Revocation) => void;

/** The watchers of one partition in this process. */
interface Channel {
  /** The cursor of the last revocation that was delivered to the watchers. */
  cursor: string;
  readonly watchers: Set<{ readonly listener: Listener }>;
}

/** The revocations on disk, and their watchers in this process. */
export interface RevocationLog extends RevocationFeed {
  /** Appends a revocation. Call within the transaction that revokes the session. */
  append(
    partition: Partition,
    sessionId: SessionId,
    reason: RevocationReason,
    now: number,
  ): Revocation;
  /** Removes revocations older than a day. Call within a transaction. */
  removeOld(now: number): void;
  /** Delivers new revocations to the watchers of the partition. Call after the commit. */
  announce(partition: Partition): void;
}

export function createRevocationLog(tables: Tables): RevocationLog {
  const { revocations, revocationTimes } = tables;
  const channels = new Map<Partition, Channel>();

  const after = (partition: Partition, cursor: string, limit?: number) => {
    const { time, sequence } = parseCursor(cursor);
    const range = {
      start: [partition, time, sequence + 1],
      end: [partition, Infinity, 0],
      ...(limit !== undefined && { limit }),
    };
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

  function deliver(partition: Partition, channel: Channel): void {
    for (const revocation of after(partition, channel.cursor)) {
      channel.cursor = revocation.cursor;
      for (const { listener } of channel.watchers) listener(revocation);
    }
  }

  return {
    append(partition, sessionId, reason, now) {
      const { time, sequence } = parseCursor(last(partition)?.cursor ?? BEGINNING);
      // If the clock steps back, the revocation must still sort after those already delivered.
      const [at, order] = now > time ? [now, 0] : [time, sequence + 1];
      const revocation = { cursor: `${at}-${order}`, sessionId, reason, revokedAt: now };
      void revocations.put([partition, at, order], revocation);
      void revocationTimes.put([at, partition, order], true);
      return revocation;
    },

    removeOld(now) {
      for (const key of [...revocationTimes.getKeys({ end: [now - RETENTION, '', 0] })]) {
        const [time, partition, sequence] = key;
        void revocationTimes.remove(key);
        void revocations.remove([partition, time, sequence]);
      }
    },

    announce(partition) {
      const channel = channels.get(partition);
      if (channel !== undefined) deliver(partition, channel);
    },

    async readAfter(partition, cursor, max) {
      parseCursor(cursor);
      return read(() => after(partition, cursor, max));
    },

    async watch(partition, listener, cursor) {
      if (cursor !== undefined) parseCursor(cursor);
      const watcher = { listener };
      const channel = await read(() => {
        const shared = channels.get(partition) ?? {
          cursor: last(partition)?.cursor ?? BEGINNING,
          watchers: new Set(),
        };
        // Delivers committed revocations to the existing watchers first, so that all watchers continue from the same
        // position.
        deliver(partition, shared);
        const missed = cursor === undefined ? [] : after(partition, cursor);
        channels.set(partition, shared);
        shared.watchers.add(watcher);
        missed.forEach(listener);
        return shared;
      });
      return {
        stop() {
          channel.watchers.delete(watcher);
          if (channel.watchers.size === 0 && channels.get(partition) === channel)
            channels.delete(partition);
        },
      };
    },
  };
}
