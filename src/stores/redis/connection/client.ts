import { Command, Redis, type Cluster, type RedisOptions } from 'ioredis';
import type { Duplex } from 'node:stream';

/** A client of a single server or of a cluster. Each command goes to the master that owns its key. */
export type RedisClient = Redis | Cluster;

/** The settings of a client of this store. */
export type RedisSettings = Omit<RedisOptions, 'replyMapping'>;

/** Milliseconds before a client whose connection ended connects again. */
const REVIVAL_DELAY = 100;

/**
 * A client that connects again until it is told to disconnect. The client of ioredis gives up for good if a sentinel
 * announces a failover while the client asks it for the master: it mistakes the closed connection for a call of
 * `disconnect`.
 */
export class PersistentRedis extends Redis {
  #released = false;

  constructor(options: RedisSettings) {
    super(options);
    this.on('end', () => {
      if (!this.#released) setTimeout(() => void this.#revive(), REVIVAL_DELAY);
    });
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.#released = true;
    // A connection that is abandoned during its TLS handshake may emit two errors, and ioredis listens for one. An
    // unhandled `error` event would end the process.
    (this.stream as Duplex | undefined)?.on('error', () => undefined);
    super.disconnect(reconnect);
  }

  async #revive(): Promise<void> {
    if (this.#released || this.status !== 'end') return;
    // A failure emits `error`. If the connection ends again, the client revives again.
    await this.connect().catch(() => undefined);
  }
}

/**
 * Rejects commands that cannot be sent with the reason why the connection is down. The message of ioredis is the name of
 * an option instead.
 */
export function explainOutages(client: RedisClient): void {
  let reason: Error | undefined;
  client.on('close', () => {
    reason ??= new Error('The connection was closed.');
  });
  client.on('error', (error: Error) => {
    reason = error;
  });
  client.on('ready', () => {
    reason = undefined;
  });
  const send = client.sendCommand.bind(client);
  client.sendCommand = (...args: Parameters<Redis['sendCommand']>) => {
    if (reason !== undefined) explain(args[0], reason);
    return send(...args);
  };
}

function explain(command: Parameters<Redis['sendCommand']>[0], cause: Error): void {
  const { reject } = command;
  command.reject = (error) => {
    // The outcome of a command that was sent is unknown. Its own error says the most.
    const wasSent = !error.message.includes('enableOfflineQueue');
    reject(wasSent ? error : new Error('Redis cannot be reached', { cause }));
  };
}

/** The master that owns a key, as `host:port`; `undefined` while none is known. */
export function slotOwner(cluster: Cluster, key: string): string | undefined {
  return cluster.slots[new Command('get', [key]).getSlot()]?.[0];
}
