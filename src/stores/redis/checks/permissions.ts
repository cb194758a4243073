import type { Redis } from 'ioredis';
import { ok, problem, warning, type CheckResult } from '../../../check-result.js';
import type { RedisClient } from '../connection/client.js';
import type { RedisKeys } from '../keys.js';

/**
 * Tries, on a few keys of its own, each command that the store sends or its scripts call, and tells which of
 * them the ACL of the user forbids.
 */
export async function examineRights(
  client: RedisClient,
  keys: RedisKeys,
  revocationReplicas: number,
): Promise<CheckResult> {
  const names = {
    text: keys.probe('text'),
    zset: keys.probe('zset'),
    stream: keys.probe('stream'),
    list: keys.probe('list'),
    hash: keys.probe('hash'),
    hyperLogLog: keys.probe('log'),
  };
  const forbidden = new Set<string>();
  const others = new Set<string>();
  const calls = commandsOn(names);
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
      'rights',
      `The Redis user may not run ${[...forbidden].join(', ')} on ${keys.all}: what needs them fails.`,
      `ACL SETUSER ${await userOf(client)} ~${keys.all} &${keys.all} &__redis__:invalidate ` +
        [...forbidden].map((command) => `+${command.toLowerCase()}`).join(' '),
    );
  }
  if (others.size > 0) {
    return problem('rights', `Redis refuses: ${[...others].join(' ')}`, 'See the log of Redis.');
  }
  return ok('rights', 'The Redis user may run every command that is needed.');
}

/**
 * Whether records could be found: by the command line, to encrypt them with a new key, and by the service, where the
 * index of a wallet was overwritten. Requests never look for them.
 */
export async function examineRightToScan(servers: readonly Redis[]): Promise<CheckResult[]> {
  try {
    for (const server of servers) await server.scan('0', 'COUNT', '1');
    return [];
  } catch (error) {
    const { message } = error as Error;
    const meaning = `Redis does not let the user go through the records (${message}): \`keys rotate\` fails, and so does the mending of an overwritten index.`;
    const remedy = 'Allow SCAN.';
    return [warning('rights of keys rotate', meaning, remedy)];
  }
}

/** A command with its arguments. */
type Call = readonly [command: string, ...args: string[]];

/** All that are needed whatever is configured, in an order in which each finds what it works on. */
export function commandsOn(
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
