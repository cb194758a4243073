import type { RedisClient, RedisConnector } from './connection/index.js';
import type { RedisKeys } from './keys.js';

/** The answers of Redis to the commands of {@link tryRights}. */
export interface TriedRights {
  /** Commands that the ACL forbids, such as `GET` and `CLIENT ID`. */
  readonly forbidden: readonly string[];
  /** Other errors. */
  readonly errors: readonly string[];
}

/**
 * Runs, on test keys that it removes, each command that the store sends or its scripts call. A client and a connection for
 * channels are used, which may not be used for anything else meanwhile.
 * @param client a connected client
 */
export async function tryRights(
  client: RedisClient,
  connector: RedisConnector,
  keys: RedisKeys,
  revocationReplicas: number,
): Promise<TriedRights> {
  const forbidden = new Set<string>();
  const errors = new Set<string>();
  const note = (name: string, error: unknown, isExpected = false) => {
    const { message } = error as Error;
    if (message.startsWith('NOPERM')) forbidden.add(name);
    else if (!isExpected) errors.add(message);
  };
  const names = {
    text: keys.doctorKey('text'),
    zset: keys.doctorKey('zset'),
    stream: keys.doctorKey('stream'),
    list: keys.doctorKey('list'),
    hash: keys.doctorKey('hash'),
    hyperLogLog: keys.doctorKey('log'),
  };
  for (const call of requiredCommands(names)) {
    await send(client, call).catch((error: unknown) => {
      note(call[0], error);
    });
  }
  for (const call of connectionCommands(client.isCluster, revocationReplicas)) {
    await send(client, call).catch((error: unknown) => {
      note(nameOf(call), error, true);
    });
  }
  const channels = connector.subscriber('wallet-sessions-rights', { protocol: 2 });
  channels.on('error', () => undefined);
  try {
    await channels.subscribe(names.stream, '__redis__:invalidate').catch((error: unknown) => {
      note('SUBSCRIBE', error, true);
    });
    await channels.unsubscribe(names.stream).catch((error: unknown) => {
      note('UNSUBSCRIBE', error, true);
    });
  } finally {
    channels.disconnect();
  }
  return { forbidden: [...forbidden], errors: [...errors] };
}

/** The rules that allow the commands, for `ACL SETUSER`. */
export function rulesFor(commands: readonly string[], keys: RedisKeys): string {
  const rules = commands.map((command) => `+${command.toLowerCase().replace(' ', '|')}`);
  return [`~${keys.all}`, `&${keys.all}`, '&__redis__:invalidate', ...rules].join(' ');
}

function send(client: RedisClient, [command, ...args]: Call): Promise<unknown> {
  return client.call(command, ...args);
}

/** `CLIENT ID` and `CLUSTER INFO` are commands of their own for the ACL. */
function nameOf([command, subcommand = '']: Call): string {
  return ['CLIENT', 'CLUSTER'].includes(command) ? `${command} ${subcommand}` : command;
}

/**
 * The commands of connections. Redis lets every user run HELLO, AUTH and QUIT. It may refuse the others for reasons that
 * have nothing to do with the ACL: `CLIENT CACHING` without tracking.
 */
function connectionCommands(isCluster: boolean, revocationReplicas: number): Call[] {
  const calls: Call[] = [
    ['INFO', 'server'],
    ['CLIENT', 'SETNAME', 'wallet-sessions-rights'],
    ['CLIENT', 'ID'],
    ['CLIENT', 'TRACKING', 'OFF'],
    ['CLIENT', 'CACHING', 'YES'],
  ];
  if (isCluster) calls.push(['CLUSTER', 'INFO'], ['CLUSTER', 'SLOTS'], ['ASKING']);
  if (revocationReplicas > 0) calls.push(['WAIT', '0', '1']);
  return calls;
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
    ['EXPIRE', text, '10'],
    ['PEXPIRE', text, '10000'],
    ['PTTL', text],
    ['GETDEL', text],
    ['INCRBY', text, '1'],
    ['ZADD', zset, '1', 'a'],
    ['ZSCORE', zset, 'a'],
    ['ZCARD', zset],
    ['ZCOUNT', zset, '-inf', '+inf'],
    ['ZRANGE', zset, '0', '-1'],
    ['ZRANGEBYSCORE', zset, '-inf', '+inf'],
    ['ZREM', zset, 'a'],
    ['XADD', stream, '*', 'a', 'b'],
    ['XRANGE', stream, '-', '+'],
    ['XREVRANGE', stream, '+', '-', 'COUNT', '1'],
    ['XTRIM', stream, 'MINID', '1'],
    ['LPUSH', list, 'a'],
    ['LINDEX', list, '-1'],
    ['LRANGE', list, '0', '-1'],
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
