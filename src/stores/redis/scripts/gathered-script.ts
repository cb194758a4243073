import { Cluster } from 'ioredis';
import { rethrowAsUnavailable, type RedisClient } from '../connection/index.js';
import type { Deadlines } from './deadlines.js';
import { defineScript, type ScriptArgument, type ScriptName } from './define-script.js';

/** The maximum number of calls that share a script call: a bound on how long they block the server. */
const AT_ONCE = 50;

interface Call<Reply> {
  readonly keys: readonly (string | Buffer)[];
  readonly args: readonly ScriptArgument[];
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Defines a Lua script within `lua/_steps.lua` as a function. The calls of one turn of the event loop, whichever requests
 * they serve, share one script call, and so its digest, its deadline and one reading of the clock. Each call has its own
 * reply or error. On a cluster, only calls with the same first key share a script call, because others may be for another
 * server. The same applies behind a proxy that refuses commands with keys of several slots.
 */
export function defineGatheredScript<Reply>(
  redis: RedisClient,
  name: ScriptName,
  deadlines?: Deadlines,
): (keys: readonly (string | Buffer)[], ...args: ScriptArgument[]) => Promise<Reply> {
  const run = defineScript<(Reply | Error)[]>(redis, name, deadlines);
  let hasSlots = redis instanceof Cluster;
  const groups = new Map<string, Call<Reply>[]>();

  async function send(calls: readonly Call<Reply>[]): Promise<void> {
    const keys = calls.flatMap((call) => call.keys);
    const args = calls.flatMap((call) => [call.keys.length, call.args.length, ...call.args]);
    try {
      const replies = await run(keys, ...args, ...(deadlines === undefined ? [''] : []));
      calls.forEach((call, position) => {
        settle(call, replies[position] as Reply | Error);
      });
    } catch (error) {
      if (calls.length > 1 && isCrossSlot(error)) {
        // Redis has refused the command before running it.
        hasSlots = true;
        await Promise.all(calls.map((call) => send([call])));
        return;
      }
      for (const { reject } of calls) reject(error);
    }
  }

  function add(call: Call<Reply>): void {
    const group = hasSlots ? String(call.keys[0]) : '';
    const calls = groups.get(group);
    if (calls !== undefined && calls.length < AT_ONCE) {
      calls.push(call);
      return;
    }
    const opened = [call];
    groups.set(group, opened);
    // Runs after all readable sockets have been read, before the event loop waits again.
    setImmediate(() => {
      if (groups.get(group) === opened) groups.delete(group);
      void send(opened);
    });
  }

  return (keys, ...args) =>
    new Promise((resolve, reject) => {
      add({ keys, args, resolve, reject });
    });
}

function settle<Reply>({ resolve, reject }: Call<Reply>, reply: Reply | Error): void {
  if (!(reply instanceof Error)) resolve(reply);
  else rethrowAsUnavailable(Promise.reject(reply)).catch(reject);
}

function isCrossSlot(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof Error && cause.message.includes('CROSSSLOT');
}
