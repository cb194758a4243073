import type { Redis } from 'ioredis';
import { ok, problem, warning, type CheckResult } from '../../../check-result.js';
import { infoOf } from './info.js';

/** The scripts and the challenges need `GETDEL`, the near-cache `CLIENT TRACKING`. */
const MINIMUM_VERSION = [6, 2] as const;

export async function examineVersion(server: Redis): Promise<CheckResult> {
  const version = (await infoOf(server, 'server')).get('redis_version') ?? '';
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

/** A Redis that evicts keys ends sessions by itself, or forgets that some have ended. */
export async function examineMemory(server: Redis): Promise<CheckResult> {
  const memory = await infoOf(server, 'memory');
  const policy = memory.get('maxmemory_policy') ?? '';
  if (policy === 'noeviction') return ok('memory', 'Redis evicts nothing (noeviction).');
  const report = memory.get('maxmemory') === '0' ? warning : problem;
  return report(
    'memory',
    `With maxmemory-policy ${policy}, a full Redis removes sessions, and what says that others have ended.`,
    'CONFIG SET maxmemory-policy noeviction, and in redis.conf.',
  );
}

/** What a crash of Redis takes with it. */
export async function examinePersistence(server: Redis): Promise<CheckResult> {
  const state = await infoOf(server, 'persistence');
  const failed = [
    'aof_last_write_status',
    'aof_last_bgrewrite_status',
    'rdb_last_bgsave_status',
  ].filter((name) => (state.get(name) ?? 'ok') !== 'ok');
  if (failed.length > 0) {
    return problem(
      'persistence',
      `Redis could not write to disk (${failed.join(', ')}): it may refuse writes, and keeps nothing new.`,
      'See the log of Redis: the disk may be full, or the directory not writable.',
    );
  }
  if (state.get('aof_enabled') === '1') {
    return ok(
      'persistence',
      'Redis keeps an append-only file: a crash takes the last second, at the most.',
    );
  }
  const remedy = 'CONFIG SET appendonly yes, and in redis.conf (with appendfsync everysec).';
  return (await takesSnapshots(server))
    ? warning(
        'persistence',
        'Redis takes snapshots only: after a crash, sessions that were ended since the last one are back.',
        remedy,
      )
    : warning(
        'persistence',
        'Redis keeps nothing: when it restarts, everybody is logged out.',
        remedy,
      );
}

/** Where it may not be asked, it is taken to do as Redis does by default. */
async function takesSnapshots(server: Redis): Promise<boolean> {
  try {
    const [, save] = await server.config('GET', 'save');
    return save !== '';
  } catch {
    return true;
  }
}

/** @param revocationReplicas as `REDIS_REVOCATION_REPLICAS` says */
export async function examineReplication(
  server: Redis,
  revocationReplicas: number,
): Promise<CheckResult> {
  const state = await infoOf(server, 'replication');
  if (state.get('role') !== 'master') {
    return problem(
      'replication',
      'This Redis is a replica: it takes no writes, so nobody can sign in.',
      'Name the master in REDIS_URL, or its sentinels in REDIS_SENTINELS.',
    );
  }
  const replicas = Number(state.get('connected_slaves') ?? 0);
  if (replicas < revocationReplicas) {
    return problem(
      'replication',
      `The master has ${replicas} replicas, and revocations wait for ${revocationReplicas}: they are answered ` +
        'SERVICE_UNAVAILABLE.',
      `Connect the replicas, or set REDIS_REVOCATION_REPLICAS=${replicas}.`,
    );
  }
  if (replicas > revocationReplicas) {
    return warning(
      'replication',
      `The master has ${replicas} replicas, and revocations wait for ${revocationReplicas}: a failover can bring ` +
        'sessions back that were ended just before.',
      `Set REDIS_REVOCATION_REPLICAS=${replicas} (docs/reliability.md).`,
    );
  }
  return replicas === 0
    ? ok('replication', 'The master has no replica: there is no failover.')
    : ok('replication', `Revocations outlive a failover to any of the ${replicas} replicas.`);
}

/** Milliseconds, as sign-in messages tolerate. */
const WORST_SKEW = 60_000;
const SKEW = 2_000;

export async function examineClock(server: Redis): Promise<CheckResult> {
  const before = Date.now();
  const [seconds = 0, microseconds = 0] = (await server.time()).map(Number);
  const after = Date.now();
  const time = seconds * 1000 + microseconds / 1000;
  // It was read at some moment between.
  const skew = Math.round(Math.max(0, time - after, before - time));
  if (skew < SKEW) return ok('clock', 'This machine and Redis agree on the time.');
  const report = skew < WORST_SKEW ? warning : problem;
  return report(
    'clock',
    `This machine and Redis disagree on the time by ${(skew / 1000).toFixed(1)} s: sessions live longer or ` +
      'shorter than they should, and sign-in messages may seem to be of the future.',
    'Have both machines synchronize their clocks (NTP).',
  );
}
