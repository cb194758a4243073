import type { Redis } from 'ioredis';
import { ok, problem, warning, type CheckResult } from '../../../check-result.js';

/** The scripts and challenges need `GETDEL`, the near-cache `CLIENT TRACKING`. */
const MINIMUM_VERSION = [6, 2] as const;

/** A server that speaks the protocol of Redis. */
interface Kind {
  readonly name: string;
  /** The field of `INFO server` with its own version. */
  readonly version: string;
  /** What it lacks or does otherwise, and what to do; `undefined` if nothing is known. */
  readonly caveat?: { readonly meaning: string; readonly remedy: string } | undefined;
}

const UNTRIED = 'This project is not tested with it.';

/** Other servers than Redis, by the field of `INFO server` that only they have. They state the Redis version they imitate. */
const OTHERS: readonly Kind[] = [
  { name: 'Valkey', version: 'valkey_version' },
  {
    name: 'Dragonfly',
    version: 'dragonfly_version',
    caveat: {
      meaning: `Dragonfly lacks CLIENT ID, CLIENT TRACKING with REDIRECT, and WAIT. ${UNTRIED}`,
      remedy: 'Set NEAR_CACHE_BOUND=0 and REDIS_REVOCATION_REPLICAS=0, or run Redis or Valkey.',
    },
  },
  {
    name: 'Garnet',
    version: 'garnet_version',
    caveat: {
      meaning: `Garnet runs scripts only if it is started with --lua, and lacks commands of Redis, such as those of streams. ${UNTRIED}`,
      remedy: 'Run Redis or Valkey.',
    },
  },
];

const KEYDB: Kind = {
  name: 'KeyDB',
  version: 'redis_version',
  caveat: {
    meaning: `KeyDB is a fork of Redis 6 and may lack later commands. ${UNTRIED}`,
    remedy: 'Look for commands that are refused among the other checks, or run Redis or Valkey.',
  },
};

/** Names the server, if it is not Redis. */
function kindOf(info: ReadonlyMap<string, string>): Kind | undefined {
  const other = OTHERS.find(({ version }) => info.has(version));
  if (other !== undefined) return other;
  // KeyDB has the fields of Redis, and its name in the path of its program.
  return /keydb/i.test(info.get('executable') ?? '') ? KEYDB : undefined;
}

export async function checkVersion(server: Redis): Promise<CheckResult> {
  const info = await readInfo(server, 'server');
  const kind = kindOf(info);
  if (kind?.caveat !== undefined) {
    const { meaning, remedy } = kind.caveat;
    return warning('version', `${kind.name} ${info.get(kind.version) ?? ''}. ${meaning}`, remedy);
  }
  if (kind !== undefined) return ok('version', `${kind.name} ${info.get(kind.version) ?? ''}.`);
  const version = info.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecentEnough =
    major > MINIMUM_VERSION[0] || (major === MINIMUM_VERSION[0] && minor >= MINIMUM_VERSION[1]);
  return isRecentEnough
    ? ok('version', `Redis ${version}.`)
    : problem(
        'version',
        `Redis ${version} lacks commands (GETDEL): nobody can sign in.`,
        `Run Redis ${MINIMUM_VERSION.join('.')} or later.`,
      );
}

/** A Redis that evicts keys loses sessions and revocations. */
export async function checkMemory(server: Redis): Promise<CheckResult> {
  const memory = await readInfo(server, 'memory');
  const policy = memory.get('maxmemory_policy') ?? '';
  if (policy === 'noeviction') return ok('memory', 'Redis evicts no keys (noeviction).');
  const report = memory.get('maxmemory') === '0' ? warning : problem;
  return report(
    'memory',
    `With maxmemory-policy ${policy}, a full Redis deletes sessions and revocations.`,
    'Run CONFIG SET maxmemory-policy noeviction, and set it in redis.conf.',
  );
}

/** What a crash of Redis would lose. */
export async function checkPersistence(server: Redis): Promise<CheckResult> {
  const state = await readInfo(server, 'persistence');
  const failed = [
    'aof_last_write_status',
    'aof_last_bgrewrite_status',
    'rdb_last_bgsave_status',
  ].filter((name) => (state.get(name) ?? 'ok') !== 'ok');
  if (failed.length > 0) {
    return problem(
      'persistence',
      `Redis could not write to disk (${failed.join(', ')}): it may refuse writes, and a crash loses recent changes.`,
      'Check the log of Redis: the disk may be full, or the directory not writable.',
    );
  }
  if (state.get('aof_enabled') === '1') {
    return ok(
      'persistence',
      'Redis keeps an append-only file: a crash loses at most the last second.',
    );
  }
  const remedy =
    'Run CONFIG SET appendonly yes, and set it in redis.conf (with appendfsync everysec).';
  return (await takesSnapshots(server))
    ? warning(
        'persistence',
        'Redis only takes snapshots: a crash brings back sessions that were revoked since the last one.',
        remedy,
      )
    : warning('persistence', 'Redis persists nothing: a restart loses every session.', remedy);
}

/** If `CONFIG` is forbidden, assumes the default of Redis, which takes snapshots. */
async function takesSnapshots(server: Redis): Promise<boolean> {
  try {
    const [, save] = await server.config('GET', 'save');
    return save !== '';
  } catch {
    return true;
  }
}

/** @param revocationReplicas the value of `REDIS_REVOCATION_REPLICAS` */
export async function checkReplication(
  server: Redis,
  revocationReplicas: number,
): Promise<CheckResult> {
  const state = await readInfo(server, 'replication');
  if (state.get('role') !== 'master') {
    return problem(
      'replication',
      'This Redis is a replica and refuses writes: nobody can sign in.',
      'Name the master in REDIS_URL, or its sentinels in REDIS_SENTINELS.',
    );
  }
  const replicas = Number(state.get('connected_slaves') ?? 0);
  if (replicas < revocationReplicas) {
    return problem(
      'replication',
      `The master has ${replicas} replicas, and revocations wait for ${revocationReplicas}: they fail with ` +
        'SERVICE_UNAVAILABLE.',
      `Connect the replicas, or set REDIS_REVOCATION_REPLICAS=${replicas}.`,
    );
  }
  if (replicas > revocationReplicas) {
    return warning(
      'replication',
      `The master has ${replicas} replicas, and revocations wait for ${revocationReplicas}: a failover can ` +
        'bring back sessions that were revoked just before it.',
      `Set REDIS_REVOCATION_REPLICAS=${replicas} (docs/reliability.md).`,
    );
  }
  return replicas === 0
    ? ok('replication', 'The master has no replica, so there is no failover.')
    : ok('replication', `Revocations survive a failover to any of the ${replicas} replicas.`);
}

/** Milliseconds beyond which a machine is misconfigured. */
const MAX_SKEW = 60_000;
const NOTICEABLE_SKEW = 2_000;

export async function checkClock(server: Redis): Promise<CheckResult> {
  const before = Date.now();
  const [seconds = 0, microseconds = 0] = (await server.time()).map(Number);
  const after = Date.now();
  const time = seconds * 1000 + microseconds / 1000;
  // The server read its clock at some moment in between.
  const skew = Math.round(Math.max(0, time - after, before - time));
  if (skew < NOTICEABLE_SKEW) return ok('clock', 'The clocks of this machine and Redis agree.');
  const report = skew < MAX_SKEW ? warning : problem;
  return report(
    'clock',
    `The clocks of this machine and Redis differ by ${(skew / 1000).toFixed(1)} s; this machine is ` +
      `${time > after ? 'behind' : 'ahead'}. Sessions go by the clock of Redis, but logs and certificates by this one.`,
    'Synchronize the clocks of both machines (NTP).',
  );
}

/** Reads the fields of a section of `INFO`. */
export async function readInfo(
  server: Redis,
  section: string,
): Promise<ReadonlyMap<string, string>> {
  const text = await server.info(section);
  return new Map(
    Array.from(text.matchAll(/^([^#:\r\n]+):([^\r\n]*)/gm), ([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}
