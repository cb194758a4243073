import type { EverybodysList, WalletList } from '../../audit/store.js';
import type { SessionId } from '../../sessions/session.js';
import type { Partition } from '../../accounts/wallet.js';

/**
 * The names of everything in Redis. All keys of a partition bear its name as their hash tag, so they
 * are in one slot of a Redis Cluster and one script may touch them all.
 *
 *     ws:{<partition>}:session:<id>    string   the record (MessagePack), for a day longer than the session
 *     ws:{<partition>}:sessions        zset     session ids by expiry: the index
 *     ws:{<partition>}:revocations     stream   ended sessions; also the name of their channel
 *     ws:{<partition>}:history         list     the wallet's audit entries, newest first
 *     ws:{<partition>}:attempts        list     audit entries of refused sign-ins in the wallet's name
 *     ws:{expiring:<shard>}            zset     minutes in which sessions may expire
 *     ws:{expiring:<shard>}:<minute>   list     partitions in which they may, as bytes
 *     ws:{expiring:<shard>}:<minute>:claim  string  empty: whoever made it collects what has expired by then
 *     ws:audit                         stream   everybody's audit entries: their history
 *     ws:{ws:audit}:activity           stream   those that the holder of a token can repeat, in the slot of ws:audit
 *     ws:{ws:audit}:attempts           stream   those that anybody can repeat, in the same slot
 *     ws:{statistics}:<hour>           hash     what was counted in that hour
 *     ws:{statistics}:<hour>:wallets   HyperLogLog of the wallets seen in that hour
 *     ws:challenge:<hash of nonce>     string   a challenge (JSON), expires with the challenge
 *     ws:beacon:<uuid>                 string   empty, of one running instance: proves invalidations
 *     ws:{doctor}:<name>               what `wallet-sessions doctor` tries commands on, and removes
 *     ws:rate:<group>:<hash of who>    string   how often somebody did something in a window
 */
export interface RedisKeys {
  readonly recordPrefix: (partition: Partition) => string;
  readonly record: (partition: Partition, id: SessionId) => string;
  readonly index: (partition: Partition) => string;
  readonly revocations: (partition: Partition) => string;
  readonly auditOf: (partition: Partition, list: WalletList) => string;
  readonly expiringMinutes: (shard: number) => string;
  readonly expiring: (shard: number, minute: number) => string;
  readonly expiringClaim: (shard: number, minute: number) => string;
  readonly audit: (list: EverybodysList) => string;
  readonly counts: (hour: number) => string;
  readonly wallets: (hour: number) => string;
  /** What precedes `:` and the hash of who is counted. */
  readonly rateLimits: (group: string) => string;
  readonly challenge: (nonceHash: string) => string;
  readonly beacon: (instance: string) => string;
  /** The session whose record has that name, where it is the name of one. */
  readonly idIn: (name: string) => SessionId | undefined;
  /** Of a key on which an examination tries commands; all of them are in one slot. */
  readonly probe: (name: string) => string;
  /** The names of all keys, as a pattern. */
  readonly all: string;
  /** The names of all records, for `SCAN`. */
  readonly records: string;
  /** The partition in the name of a record. */
  readonly partitionIn: (name: string) => Partition;
}

/** Over how many places, and so masters of a cluster, it is spread which sessions may expire. */
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
    expiring: (shard, minute) => `${prefix}:{expiring:${shard}}:${minute}`,
    expiringClaim: (shard, minute) => `${prefix}:{expiring:${shard}}:${minute}:claim`,
    audit: (list) =>
      list === 'history' ? `${prefix}:audit` : `${prefix}:{${prefix}:audit}:${list}`,
    counts: (hour) => `${prefix}:{statistics}:${hour}`,
    wallets: (hour) => `${prefix}:{statistics}:${hour}:wallets`,
    rateLimits: (group) => `${prefix}:rate:${group}`,
    challenge: (nonceHash) => `${prefix}:challenge:${nonceHash}`,
    beacon: (instance) => `${prefix}:beacon:${instance}`,
    probe: (name) => `${prefix}:{doctor}:${name}`,
    all: `${prefix}:*`,
    // The prefix has no character that means something in a pattern.
    records: `${prefix}:{*}:session:*`,
    partitionIn: (name) => name.slice(prefix.length + 2, prefix.length + 22) as Partition,
    idIn: (name) => /\}:session:([\w-]{20})$/.exec(name)?.[1] as SessionId | undefined,
  };
}
