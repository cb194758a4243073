import { rethrowAsUnavailable, type RedisClient } from '../connection/index.js';
import type { Deadlines } from './deadlines.js';
import { scripts } from './generated/scripts.js';

export type ScriptArgument = string | number | Buffer;

export type ScriptName = keyof typeof scripts;

/**
 * Defines a Lua script as a function. The function sends the digest of the script, and the source only if the server
 * does not know it (`EVALSHA`, then `EVAL`). Strings in the reply are `Buffer`s. The function rejects with
 * `SERVICE_UNAVAILABLE` if Redis does not answer.
 * @param deadlines required by a script that includes `lua/_deadline.lua`
 */
export function defineScript<Reply>(redis: RedisClient, name: ScriptName, deadlines?: Deadlines) {
  const command = `walletSessions_${name}`;
  redis.defineCommand(command, { lua: scripts[name] });
  const call = (redis as unknown as Record<string, DefinedCommand>)[`${command}Buffer`];
  if (call === undefined) throw new TypeError(`ioredis did not define ${command}.`);
  return (keys: readonly (string | Buffer)[], ...args: ScriptArgument[]): Promise<Reply> => {
    const send = (...last: ScriptArgument[]) =>
      call.call(redis, keys.length, ...keys, ...args, ...last);
    const reply = deadlines === undefined ? send() : deadlines.within(String(keys[0]), send);
    return rethrowAsUnavailable(reply) as Promise<Reply>;
  };
}

type DefinedCommand = (
  this: RedisClient,
  numberOfKeys: number,
  ...keysAndArguments: ScriptArgument[]
) => Promise<unknown>;
