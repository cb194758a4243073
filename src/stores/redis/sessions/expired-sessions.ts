import { createBacklog } from '../../../background/retry-queue.js';
import { systemClock } from '../../../clock.js';
import type { ExpiredSession, ExpiredSessions } from '../../../lifecycle/expired-sessions.js';
import { createFailures } from '../../../background/failure-reporter.js';
import type { SessionId } from '../../../sessions/session.js';
import type { Partition } from '../../../accounts/wallet.js';
import { rethrowAsUnavailable } from '../connection/outages.js';
import type { RedisClient } from '../connection/client.js';
import { scripts } from '../scripts/generated/scripts.js';
import type { IndexRepair } from './index-repair.js';
import { EXPIRY_SHARDS, type RedisKeys } from '../keys.js';
import { unpackRecord } from '../scripts/formats.js';
import { script } from '../scripts/index.js';

export interface RedisExpiredSessions extends ExpiredSessions {
  /** Sees to it that the partition is looked at when the session may have expired; at once, without failing. */
  note(partition: Partition, expiresAt: number, now: number): void;
  /** Resolves when what was noted is put down, or could not be. */
  settled(): Promise<void>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * No partition is put down for a later time than so long from now: it is looked at in between. So there are as
 * many lists as there are minutes in this, however long sessions live.
 */
const HORIZON = 6 * HOUR;

/** How long what is put down is kept: as long after its time as records are (`lua/_retention.lua`). */
const RETENTION = HORIZON + 24 * HOUR;

/** How many partitions are looked at at once. */
const BATCH = 100;

/** Notes that wait while Redis does not answer. */
const MOST_NOTES = 10_000;

/**
 * What has expired in Redis. All that a TTL removes is gone without a word; so each new session is put down,
 * with the 15 bytes of its partition, in the list of the minute in which it will expire. A list whose minute has
 * passed is gone through: what has expired in its partitions is collected, and a partition in which sessions
 * live on, since they were refreshed, is put down once more. So a refresh costs nothing, and there is one
 * entry for each session at the most.
 *
 * The lists are spread over shards, that is over the masters of a cluster. In each minute an instance claims
 * those shards that none has claimed before. If it dies or is slow, another one goes through the same list in
 * the next minute: nothing is lost, since a list goes when all of it was looked at, and nothing is collected
 * twice, since a record is taken once.
 */
export function createRedisExpiredSessions(
  redis: RedisClient,
  keys: RedisKeys,
  repair: IndexRepair,
  onError: (error: Error) => void,
): RedisExpiredSessions {
  const noteExpiry = script<number>(redis, 'note_expiry', scripts.note_expiry);
  const forgetMinute = script<number>(redis, 'forget_minute', scripts.forget_minute);
  const collect = script<CollectReply>(redis, 'collect', scripts.collect);

  async function put(partition: Partition, time: number, now: number): Promise<void> {
    const minute = Math.floor(Math.min(time, now + HORIZON) / MINUTE);
    const shard = shardOf(partition);
    const bytes = Buffer.from(partition, 'base64url');
    await noteExpiry(
      [keys.expiring(shard, minute), keys.expiringMinutes(shard)],
      bytes,
      minute,
      RETENTION,
    );
  }

  const notes = createBacklog<readonly [Partition, time: number, now: number]>({
    clock: systemClock,
    work: (note) => put(...note),
    failures: createFailures(
      onError,
      'When sessions expire could not be put down: soon tried again.',
    ),
    most: MOST_NOTES,
    onDropped: (count, cause) => {
      onError(new Error(`${count} sessions may expire without being audited.`, { cause }));
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
   * Collects in one partition, and puts it down for when it is to be looked at again: on another server perhaps, which
   * may fail when what has expired is taken already.
   * @param expired gets what was taken, also where this rejects
   */
  async function collectIn(
    partition: Partition,
    until: number,
    expired: ExpiredSession[],
  ): Promise<void> {
    const names = [keys.index(partition), keys.revocations(partition)];
    let reply: CollectReply;
    try {
      reply = await collect(names, keys.recordPrefix(partition), until);
    } catch (error) {
      repair.notice(partition, error);
      // Its server may be another one soon, and the others are not to wait for that.
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
    const name = keys.expiring(shard, minute);
    let count = 0;
    do {
      for (;;) {
        // New ones come in front, so that the others keep their place from the end.
        const [from, to] = [-(count + BATCH), -(count + 1)];
        const entries = await rethrowAsUnavailable(redis.lrangeBuffer(name, from, to));
        if (entries.length === 0) break;
        const partitions = new Set(
          entries.map((bytes) => bytes.toString('base64url') as Partition),
        );
        const expired: ExpiredSession[] = [];
        const collected = await Promise.allSettled(
          Array.from(partitions, (partition) => collectIn(partition, until, expired)),
        );
        // What was taken must be told, whatever failed: nobody else finds it any more.
        if (expired.length > 0) yield expired;
        const failed = collected.find((each) => each.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
        count += entries.length;
      }
    } while ((await forgetMinute([name, keys.expiringMinutes(shard)], count, minute)) === 0);
  }

  async function* collectIfClaimed(shard: number, until: number) {
    const current = Math.floor(until / MINUTE);
    if (!(await claim(shard, current))) return;
    for (const minute of await minutesBefore(shard, current)) {
      yield* collectOf(shard, minute, until);
    }
  }

  return {
    note(partition, expiresAt, now) {
      notes.add([partition, expiresAt, now]);
    },

    settled: () => notes.settled(),

    async *collect(until) {
      const first = Math.floor(Math.random() * EXPIRY_SHARDS);
      const failures: unknown[] = [];
      for (let offset = 0; offset < EXPIRY_SHARDS; offset += 1) {
        try {
          yield* collectIfClaimed((first + offset) % EXPIRY_SHARDS, until);
        } catch (error) {
          // Other shards may be on other servers.
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

type CollectReply = [next: Buffer, taken: [id: Buffer, expiredAt: Buffer, packed: Buffer][]];

/** A partition is the beginning of a hash, so any bits of it will do. */
function shardOf(partition: Partition): number {
  return (Buffer.from(partition, 'base64url')[0] ?? 0) % EXPIRY_SHARDS;
}
