import { rethrowAsUnavailable } from '../connection/outages.js';
import type { RedisClient } from '../connection/client.js';
import type { Deadlines } from './deadlines.js';

export type ScriptArgument = string | number | Buffer;

/**
 * Makes a function of a Lua script. The server is asked for it by its digest and sent the source only
 * where it does not know it (EVALSHA, then EVAL). Strings in the reply come as `Buffer`s.
 * @param deadlines for a script that includes `lua/_deadline.lua`
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the function, where Redis does not answer
 */
export function script<Reply>(
  redis: RedisClient,
  name: string,
  lua: string,
  deadlines?: Deadlines,
) {
  const command = `walletSessions_${name}`;
  redis.defineCommand(command, { lua });
  const call = (redis as unknown as Record<string, DefinedCommand>)[`${command}Buffer`];
  if (call === undefined) throw new TypeError(`ioredis did not define ${command}.`);
  return (keys: readonly string[], ...args: ScriptArgument[]): Promise<Reply> => {
    const send = (...last: ScriptArgument[]) =>
      call.call(redis, keys.length, ...keys, ...args, ...last);
    const reply = deadlines === undefined ? send() : deadlines.within(keys[0] ?? '', send);
    return rethrowAsUnavailable(reply) as Promise<Reply>;
  };
}

type DefinedCommand = (
  this: RedisClient,
  numberOfKeys: number,
  ...keysAndArguments: ScriptArgument[]
) => Promise<unknown>;
