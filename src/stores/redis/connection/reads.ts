import { isWrongType, rethrowAsUnavailable } from './outages.js';
import type { RedisClient } from './client.js';

/**
 * Reads the value of one key.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` where Redis does not answer
 */
export type Read = (name: string) => Promise<Buffer | null>;

/** Reads the values of several keys with one command. */
export type ReadMany = (names: readonly string[]) => Promise<(Buffer | null)[]>;

/** The value of a key; of what is no string, an empty one, which is no record. */
export async function readText(client: RedisClient, name: string): Promise<Buffer | null> {
  try {
    return await client.getBuffer(name);
  } catch (error) {
    if (isWrongType(error)) return Buffer.alloc(0);
    throw error;
  }
}

interface Waiting {
  readonly resolve: (value: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads values of single keys. Those that are asked for in one turn of the event loop, be it by a
 * hundred requests, are read with one command, which is several times the work in the same time.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the function, where Redis does not answer
 */
export function createReader(readMany: ReadMany): Read {
  let names: string[] = [];
  let waiting: Waiting[] = [];

  function send(): void {
    const [asked, askers] = [names, waiting];
    [names, waiting] = [[], []];
    rethrowAsUnavailable(readMany(asked)).then(
      (values) => {
        askers.forEach(({ resolve }, position) => {
          resolve(values[position] ?? null);
        });
      },
      (error: unknown) => {
        for (const { reject } of askers) reject(error);
      },
    );
  }

  return (name) =>
    new Promise((resolve, reject) => {
      // After all sockets that have something to say were read, and before any other waits.
      if (names.length === 0) setImmediate(send);
      names.push(name);
      waiting.push({ resolve, reject });
    });
}
