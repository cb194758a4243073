import type { Redis } from 'ioredis';
import { ok, problem, warning, type CheckResult } from '../../../check-result.js';
import type { RedisClient } from '../connection/index.js';
import type { RedisKeys } from '../keys.js';

/**
 * Runs, on test keys, each command that the store sends or its scripts call, and reports those that the ACL of the
 * user forbids.
 */
export async function checkPermissions(
  client: RedisClient,
  keys: RedisKeys,
  revocationReplicas: number,
): Promise<CheckResult> {
  const names = {
    text: keys.doctorKey('text'),
    zset: keys.doctorKey('zset'),
    stream: keys.doctorKey('stream'),
    list: keys.doctorKey('list'),
    hash: keys.doctorKey('hash'),
    hyperLogLog: keys.doctorKey('log'),
  };
  const forbidden = new Set<string>();
  const others = new Set<string>();
  const calls = requiredCommands(names);
  if (revocationReplicas > 0) calls.push(['WAIT', '0', '1']);
  for (const [command, ...args] of calls) {
    try {
      await client.call(command, ...args);
    } catch (error) {
      const { message } = error as Error;
      if (message.startsWith('NOPERM')) forbidden.add(command);
      else others.add(message);
    }
  }
  if (forbidden.size > 0) {
    return problem(
      'permissions',
      `The Redis user may not run ${[...forbidden].join(', ')} on ${keys.all}: the operations that need them fail.`,
      `ACL SETUSER ${await userOf(client)} ~${keys.all} &${keys.all} &__redis__:invalidate ` +
        [...forbidden].map((command) => `+${command.toLowerCase()}`).join(' '),
    );
  }
  if (others.size > 0) {
    return problem(
      'permissions',
      `Redis refuses: ${[...others].join(' ')}`,
      'Check the log of Redis.',
    );
  }
  return ok('permissions', 'The Redis user may run every command that the store needs.');
}

/**
 * Whether the user may scan records: the command line does to encrypt them with a new key, and the service to rebuild
 * an overwritten index. Requests never scan.
 */
export async function checkScanPermission(servers: readonly Redis[]): Promise<CheckResult[]> {
  try {
    for (const server of servers) await server.scan('0', 'COUNT', '1');
    return [];
  } catch (error) {
    const { message } = error as Error;
    const meaning = `The Redis user may not scan the records (${message}): \`keys rotate\` and the repair of an overwritten index fail.`;
    const remedy = 'Allow the user SCAN.';
    return [warning('permission to scan', meaning, remedy)];
  }
}

/** A command with its arguments. */
type Call = readonly [command: string, ...args: string[]];

/** The commands needed in every configuration, in an order in which each finds the value it works on. */
export function requiredCommands(
  names: Record<'text' | 'zset' | 'stream' | 'list' | 'hash' | 'hyperLogLog', string>,
): Call[] {
  const { text, zset, stream, list, hash, hyperLogLog } = names;
  return [
    ['PING'],
    ['TIME'],
    ['SET', text, '', 'PX', '10000'],
    ['GET', text],
    ['MGET', text],
    ['EXISTS', text],
    ['PEXPIRE', text, '10000'],
    ['PTTL', text],
    ['GETDEL', text],
    ['INCRBY', text, '1'],
    ['ZADD', zset, '1', 'a'],
    ['ZSCORE', zset, 'a'],
    ['ZCARD', zset],
    ['ZRANGE', zset, '0', '-1'],
    ['ZRANGEBYSCORE', zset, '-inf', '+inf'],
    ['ZREM', zset, 'a'],
    ['XADD', stream, 'MAXLEN', '~', '10', '*', 'a', 'b'],
    ['XRANGE', stream, '-', '+'],
    ['XREVRANGE', stream, '+', '-', 'COUNT', '1'],
    ['XTRIM', stream, 'MAXLEN', '0'],
    ['XLEN', stream],
    ['COPY', stream, `${stream}:copy`, 'REPLACE'],
    ['RENAME', `${stream}:copy`, stream],
    ['LPUSH', list, 'a'],
    ['LTRIM', list, '0', '9'],
    ['LINDEX', list, '-1'],
    ['LRANGE', list, '0', '-1'],
    ['LREM', list, '1', 'b'],
    ['RPOP', list],
    ['HINCRBY', hash, 'a', '1'],
    ['HGETALL', hash],
    ['PFADD', hyperLogLog, 'a'],
    ['PFCOUNT', hyperLogLog],
    ['PUBLISH', stream, 'a'],
    ['EVAL', 'return 1', '1', text],
    ['EVALSHA', 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db', '1', text],
    ['DEL', text],
    ['DEL', zset],
    ['DEL', stream],
    ['DEL', list],
    ['DEL', hash],
    ['DEL', hyperLogLog],
  ];
}

async function userOf(client: RedisClient): Promise<string> {
  try {
    return String(await client.call('ACL', 'WHOAMI'));
  } catch {
    return 'default';
  }
}
