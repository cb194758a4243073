import type { EverybodysList, WalletList } from '../../audit/store.js';
import type { SessionId } from '../../sessions/session.js';
import type { Partition } from '../../accounts/wallet.js';

/**
 * The names of all keys. The keys of a partition share its name as their hash tag, so that they are in one slot of a
 * Redis Cluster and one script may access them all.
 *
 *     ws:{<partition>}:session:<id>    string   the record (MessagePack), until a day after the session expires
 *     ws:{<partition>}:sessions        zset     the index: session ids by expiry
 *     ws:{<partition>}:revocations     list     ended sessions; also the name of their channel
 *     ws:{<partition>}:history         list     the wallet's audit entries, newest first
 *     ws:{<partition>}:attempts        list     audit entries of refused sign-ins in the wallet's name
 *     ws:{expiring:<shard>}            zset     minutes in which sessions may expire
 *     ws:{expiring:<shard>}:<minute>   list     partitions in which sessions may expire in that minute, as bytes
 *     ws:{expiring:<shard>}:<minute>:claim  string  empty; held by the instance that collects expired sessions then
 *     ws:audit                         stream   global audit entries: the history
 *     ws:{ws:audit}:activity           stream   global audit entries that a token holder can repeat, in the same slot
 *     ws:{ws:audit}:attempts           stream   global audit entries that anyone can repeat, in the same slot
 *     ws:{statistics}:<hour>           hash     the counts of that hour
 *     ws:{statistics}:<hour>:wallets   HyperLogLog of the wallets seen in that hour
 *     ws:challenge:<hash of nonce>     string   a challenge (JSON), until the challenge expires
 *     ws:beacon:<uuid>                 string   empty; probe key of a running instance (invalidations/tracking.ts)
 *     ws:{clock}                       never written; its slot is on the server whose clock decides about sessions
 *     ws:{doctor}:<name>               test keys of `wallet-sessions doctor`, which removes them
 *     ws:rate:<group>:<hash of key>    string   number of acts in a rate limit window
 */
export interface RedisKeys {
  readonly recordPrefix: (partition: Partition) => string;
  readonly record: (partition: Partition, id: SessionId) => string;
  readonly index: (partition: Partition) => string;
  readonly revocations: (partition: Partition) => string;
  readonly auditOf: (partition: Partition, list: WalletList) => string;
  readonly expiringMinutes: (shard: number) => string;
  readonly expiringPartitions: (shard: number, minute: number) => string;
  readonly expiringClaim: (shard: number, minute: number) => string;
  readonly audit: (list: EverybodysList) => string;
  readonly counts: (hour: number) => string;
  readonly wallets: (hour: number) => string;
  /** The prefix of the keys of a group, to which `:` and the hash of the counted key are appended. */
  readonly rateLimits: (group: string) => string;
  readonly challenge: (nonceHash: string) => string;
  readonly probe: (instance: string) => string;
  /** Names the server, in a cluster, whose clock decides about sessions. */
  readonly clock: string;
  /** The session id in the name of a record, or `undefined` for the name of another key. */
  readonly idIn: (name: string) => SessionId | undefined;
  /** A key on which the doctor tests commands. All of them are in one slot. */
  readonly doctorKey: (name: string) => string;
  /** A pattern that matches all keys. */
  readonly all: string;
  /** A pattern that matches the names of all records, for `SCAN`. */
  readonly records: string;
  /** The partition in the name of a record. */
  readonly partitionIn: (name: string) => Partition;
}

/** The number of shards, spread over the masters of a cluster, of the schedule of expiries. */
export const EXPIRY_SHARDS = 16;

export function redisKeys(prefix: string): RedisKeys {
  const recordPrefix = (partition: Partition) => `${prefix}:{${partition}}:session:`;
  return {
    recordPrefix,
    record: (partition, id) => recordPrefix(partition) + id,
    index: (partition) => `${prefix}:{${partition}}:sessions`,
    revocations: (partition) => `${prefix}:{${partition}}:revocations`,
    auditOf: (partition, list) => `${prefix}:{${partition}}:${list}`,
    expiringMinutes: (shard) => `${prefix}:{expiring:${shard}}`,
    expiringPartitions: (shard, minute) => `${prefix}:{expiring:${shard}}:${minute}`,
    expiringClaim: (shard, minute) => `${prefix}:{expiring:${shard}}:${minute}:claim`,
    audit: (list) =>
      list === 'history' ? `${prefix}:audit` : `${prefix}:{${prefix}:audit}:${list}`,
    counts: (hour) => `${prefix}:{statistics}:${hour}`,
    wallets: (hour) => `${prefix}:{statistics}:${hour}:wallets`,
    rateLimits: (group) => `${prefix}:rate:${group}`,
    challenge: (nonceHash) => `${prefix}:challenge:${nonceHash}`,
    clock: `${prefix}:{clock}`,
    probe: (instance) => `${prefix}:beacon:${instance}`,
    doctorKey: (name) => `${prefix}:{doctor}:${name}`,
    all: `${prefix}:*`,
    // The prefix contains no special character of patterns.
    records: `${prefix}:{*}:session:*`,
    partitionIn: (name) => name.slice(prefix.length + 2, prefix.length + 22) as Partition,
    idIn: (name) => /\}:session:([\w-]{20})$/.exec(name)?.[1] as SessionId | undefined,
  };
}
