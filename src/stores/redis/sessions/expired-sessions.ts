import { gatherWrites } from '../../../background/gather.js';
import { createRetryQueue } from '../../../background/retry-queue.js';
import { systemClock } from '../../../clock.js';
import type { ExpiredSession, ExpiredSessions } from '../../../lifecycle/expired-sessions.js';
import { createFailures } from '../../../background/failure-reporter.js';
import type { SessionId } from '../../../sessions/session.js';
import type { Partition } from '../../../accounts/wallet.js';
import { rethrowAsUnavailable, type RedisClient } from '../connection/index.js';
import { EXPIRY_SHARDS, type RedisKeys } from '../keys.js';
import { definePartitionScript, defineScript, unpackRecord } from '../scripts/index.js';
import type { IndexRepair } from './index-repair.js';

export interface RedisExpiredSessions extends ExpiredSessions {
  /**
   * Schedules a check of the partition for the time at which the session expires. Returns immediately and never
   * throws.
   */
  schedule(partition: Partition, expiresAt: number, now: number): void;
  /** Resolves when all scheduled checks have been written, or given up. */
  flush(): Promise<void>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Checks are scheduled at most this far ahead, and scheduled again if nothing has expired. The number of lists is
 * thus bounded by the minutes in it, however long sessions live.
 */
const HORIZON = 6 * HOUR;

/** Milliseconds for which a schedule is kept: as long after its time as records are (`lua/_retention.lua`). */
const RETENTION = HORIZON + 24 * HOUR;

/** Partitions that are checked concurrently. */
const BATCH = 100;

/** Checks that wait to be written while Redis does not answer, at most. */
const MAX_PENDING = 10_000;

/**
 * Collects expired sessions in Redis. A TTL removes records without notice, so each new session adds its partition
 * (15 bytes) to the list of the minute in which it expires. Once that minute has passed, the partitions in the list
 * are checked: expired sessions are collected, and a partition whose sessions were refreshed is scheduled again. A
 * refresh therefore costs nothing, and each session has at most one entry.
 *
 * The lists are spread over shards, and so over the masters of a cluster. In each minute an instance claims the
 * shards that no other instance has claimed. If it dies or is slow, another instance processes the same list in the
 * next minute. No session is lost, since a list is deleted only after all of it has been checked, and none is
 * collected twice, since a record is taken once.
 */
export function createRedisExpiredSessions(
  redis: RedisClient,
  keys: RedisKeys,
  repair: IndexRepair,
  onError: (error: Error) => void,
): RedisExpiredSessions {
  const scheduleExpiry = defineScript<number>(redis, 'schedule_expiry');
  const deleteMinute = defineScript<number>(redis, 'delete_minute');
  const collect = definePartitionScript<CollectReply>(redis, keys, 'collect');

  const gatherForMinute = gatherWrites<Check>((name, checks) => {
    const [{ shard, minute }] = checks as [Check];
    const partitions = checks.map(({ partition }) => Buffer.from(partition, 'base64url'));
    return scheduleExpiry([name, keys.expiringMinutes(shard)], minute, RETENTION, ...partitions);
  });

  function put(partition: Partition, time: number, now: number): Promise<void> {
    const minute = Math.floor(Math.min(time, now + HORIZON) / MINUTE);
    const shard = shardOf(partition);
    return gatherForMinute(keys.expiringPartitions(shard, minute), { partition, shard, minute });
  }

  const pending = createRetryQueue<readonly [Partition, time: number, now: number]>({
    clock: systemClock,
    work: (check) => put(...check),
    failures: createFailures(
      onError,
      'Scheduling the collection of expired sessions failed and will be retried.',
    ),
    max: MAX_PENDING,
    onDropped: (count, cause) => {
      onError(new Error(`${count} sessions may expire without an audit entry.`, { cause }));
    },
  });

  async function claim(shard: number, minute: number): Promise<boolean> {
    const name = keys.expiringClaim(shard, minute);
    return (await rethrowAsUnavailable(redis.set(name, '', 'PX', HOUR, 'NX'))) === 'OK';
  }

  async function minutesBefore(shard: number, minute: number): Promise<number[]> {
    const name = keys.expiringMinutes(shard);
    return (await rethrowAsUnavailable(redis.zrangebyscore(name, '-inf', `(${minute}`))).map(
      Number,
    );
  }

  /**
   * Collects the expired sessions of one partition, and schedules its next check. The schedule may be on another
   * server, whose failure can come after sessions were taken.
   * @param expired receives the sessions that were taken, even if this rejects
   */
  async function collectIn(
    partition: Partition,
    until: number,
    expired: ExpiredSession[],
  ): Promise<void> {
    let reply: CollectReply;
    try {
      reply = await collect(partition, [], until);
    } catch (error) {
      repair.report(partition, error);
      // The partition may move to another server soon, and the other partitions should not wait for that.
      await put(partition, until + MINUTE, until);
      return;
    }
    const [next, taken] = reply;
    for (const [name, expiredAt, packed] of taken) {
      expired.push({
        partition,
        expiredAt: Number(String(expiredAt)),
        record: unpackRecord(String(name) as SessionId, packed),
      });
    }
    if (next.length > 0) await put(partition, Number(String(next)), until);
  }

  async function* collectOf(shard: number, minute: number, until: number) {
    const name = keys.expiringPartitions(shard, minute);
    // A partition is in the list once for each session that was added in one minute.
    const checked = new Set<Partition>();
    let count = 0;
    do {
      for (;;) {
        // New entries are added at the head, so positions counted from the end are stable.
        const [from, to] = [-(count + BATCH), -(count + 1)];
        const entries = await rethrowAsUnavailable(redis.lrangeBuffer(name, from, to));
        if (entries.length === 0) break;
        const partitions = new Set(
          entries.map((bytes) => bytes.toString('base64url') as Partition),
        );
        const unchecked = [...partitions].filter((partition) => !checked.has(partition));
        for (const partition of unchecked) checked.add(partition);
        const expired: ExpiredSession[] = [];
        const collected = await Promise.allSettled(
          unchecked.map((partition) => collectIn(partition, until, expired)),
        );
        // Yields what was taken even after a failure: nobody else can find these sessions.
        if (expired.length > 0) yield expired;
        const failed = collected.find((each) => each.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
        count += entries.length;
      }
    } while ((await deleteMinute([name, keys.expiringMinutes(shard)], count, minute)) === 0);
  }

  async function* collectIfClaimed(shard: number, until: number) {
    const current = Math.floor(until / MINUTE);
    if (!(await claim(shard, current))) return;
    for (const minute of await minutesBefore(shard, current)) {
      yield* collectOf(shard, minute, until);
    }
  }

  return {
    schedule(partition, expiresAt, now) {
      pending.add([partition, expiresAt, now]);
    },

    flush: () => pending.flush(),

    async *collect(until) {
      const first = Math.floor(Math.random() * EXPIRY_SHARDS);
      const failures: unknown[] = [];
      for (let offset = 0; offset < EXPIRY_SHARDS; offset += 1) {
        try {
          yield* collectIfClaimed((first + offset) % EXPIRY_SHARDS, until);
        } catch (error) {
          // Continues: other shards may be on other servers.
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** A check of a partition that is scheduled for a minute. */
interface Check {
  readonly partition: Partition;
  readonly shard: number;
  readonly minute: number;
}

type CollectReply = [next: Buffer, taken: [id: Buffer, expiredAt: Buffer, packed: Buffer][]];

/** A partition is part of a hash, so any of its bits are evenly distributed. */
function shardOf(partition: Partition): number {
  return (Buffer.from(partition, 'base64url')[0] ?? 0) % EXPIRY_SHARDS;
}
