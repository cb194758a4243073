import type { Partition } from '../../../accounts/wallet.js';
import type { SessionId } from '../../../sessions/session.js';
import type { RedisClient } from '../connection/index.js';
import type { RedisKeys } from '../keys.js';
import type { Deadlines } from './deadlines.js';
import { defineScript, type ScriptArgument, type ScriptName } from './define-script.js';

/** What a script replies that needs the records of sessions which its call has not declared. Nothing has changed. */
type UndeclaredReply = readonly [kind: Buffer, ...ids: Buffer[]];

/**
 * Defines a script that includes `lua/_index.lua`. A script may access only the keys that are passed to it, but finds the
 * ids of a wallet's sessions in an index that it reads. If a call needs the records of other sessions than those of `ids`,
 * it is repeated with them. Since a concurrent call may change the index in between, it may be repeated more than once;
 * each time, another call has made progress.
 * @param define `defineGatheredScript` for a script within `lua/_steps.lua`
 */
export function definePartitionScript<Reply>(
  redis: RedisClient,
  keys: RedisKeys,
  name: ScriptName,
  deadlines?: Deadlines,
  define: typeof defineScript = defineScript,
) {
  const run = define<Reply | UndeclaredReply>(redis, name, deadlines);
  return async (
    partition: Partition,
    ids: readonly SessionId[],
    ...args: ScriptArgument[]
  ): Promise<Reply> => {
    const prefix = Buffer.from(keys.recordPrefix(partition));
    const common = [
      keys.index(partition),
      keys.revocations(partition),
      ...ids.map((id) => keys.record(partition, id)),
    ];
    let found: Buffer[] = [];
    for (;;) {
      // Members of the index that are not ids may contain any bytes.
      const records = found.map((id) => Buffer.concat([prefix, id]));
      const reply = await run([...common, ...records], ...args);
      if (!isUndeclared(reply)) return reply;
      const [, ...needed] = reply;
      if (isSameList(needed, found)) throw new Error(`${name} does not recognize its keys.`);
      found = needed;
    }
  };
}

function isUndeclared(reply: unknown): reply is UndeclaredReply {
  return Array.isArray(reply) && Buffer.isBuffer(reply[0]) && reply[0].equals(UNDECLARED);
}

const UNDECLARED = Buffer.from('undeclared');

function isSameList(a: readonly Buffer[], b: readonly Buffer[]): boolean {
  return a.length === b.length && a.every((item, position) => item.equals(b[position] as Buffer));
}
