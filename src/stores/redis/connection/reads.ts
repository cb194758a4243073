import { Cluster } from 'ioredis';
import type { RedisClient } from './client.js';
import { isWrongType, rethrowAsUnavailable } from './outages.js';

/**
 * Reads the value of one key.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` if Redis does not answer
 */
export type Read = (name: string) => Promise<Buffer | null>;

/** Reads the values of several keys with one command. */
export type ReadMany = (names: readonly string[]) => Promise<(Buffer | null)[]>;

/**
 * Returns the value of a key, or `null` if the key does not exist. A value of another type is returned as an empty
 * buffer, which decodes as an unreadable record.
 */
export async function readString(client: RedisClient, name: string): Promise<Buffer | null> {
  try {
    return await client.getBuffer(name);
  } catch (error) {
    if (isWrongType(error)) return Buffer.alloc(0);
    throw error;
  }
}

/** Reads of single keys, batched on a single server. In a cluster each key may belong to another master. */
export function createRead(client: RedisClient): Read {
  return client instanceof Cluster
    ? (name) => rethrowAsUnavailable(readString(client, name))
    : createBatchedRead((names) => client.mgetBuffer([...names]));
}

interface PendingRead {
  readonly resolve: (value: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes a function that reads single keys. The reads of one turn of the event loop, whichever requests they serve, share
 * one command, which multiplies the throughput.
 */
export function createBatchedRead(readMany: ReadMany): Read {
  let names: string[] = [];
  let pending: PendingRead[] = [];

  function send(): void {
    const [batch, reads] = [names, pending];
    [names, pending] = [[], []];
    rethrowAsUnavailable(readMany(batch)).then(
      (values) => {
        reads.forEach(({ resolve }, position) => {
          resolve(values[position] ?? null);
        });
      },
      (error: unknown) => {
        for (const { reject } of reads) reject(error);
      },
    );
  }

  return (name) =>
    new Promise((resolve, reject) => {
      // Runs after all readable sockets have been read, before the event loop waits again.
      if (names.length === 0) setImmediate(send);
      names.push(name);
      pending.push({ resolve, reject });
    });
}
