import {
  Cluster,
  Command,
  Redis,
  SentinelConnector,
  type RedisOptions,
  type SentinelAddress,
} from 'ioredis';
import type { Duplex, Writable } from 'node:stream';

/** A client of a single server or of a cluster. Each command goes to the master that owns its key. */
export type RedisClient = Redis | Cluster;

/** Options of ioredis that this store uses. */
export type RedisSettings = Omit<RedisOptions, 'replyMapping'>;

/** Milliseconds before a client whose connection ended connects again. */
const REVIVAL_DELAY = 100;

/**
 * A client that reconnects until `disconnect` is called. The client of ioredis gives up for good if a sentinel announces
 * a failover while the client asks it for the master: it mistakes the closed connection for a call of `disconnect`.
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

/** The connector of ioredis, with the method that its declarations call private. */
const OpenSentinelConnector = SentinelConnector as unknown as new (options: unknown) => Pick<
  SentinelConnector,
  'connect' | 'disconnect' | 'check'
> & {
  connectToSentinel(endpoint: SentinelAddress, options?: RedisSettings): Redis;
};

/**
 * Makes a connector to a master that sentinels monitor, with TLS options for each sentinel. ioredis has one set for all
 * of them, and so cannot name each in its handshake.
 */
export function sentinelConnector(
  tlsTo: (host: string) => Pick<RedisSettings, 'tls'>,
): NonNullable<RedisSettings['Connector']> {
  return class extends OpenSentinelConnector {
    override connectToSentinel(endpoint: SentinelAddress, options?: RedisSettings): Redis {
      return super.connectToSentinel(endpoint, { ...options, ...tlsTo(endpoint.host) });
    }
  } as unknown as NonNullable<RedisSettings['Connector']>;
}

/** Returns the master that owns a key, as `host:port`; `undefined` while none is known. */
export function slotOwner(cluster: Cluster, key: string): string | undefined {
  return cluster.slots[new Command('get', [key]).getSlot()]?.[0];
}

/**
 * Sends all commands of one turn of the event loop with a single system call. With one call per command, writing took a
 * seventh of the time of a sign-in. Unlike in an ioredis pipeline, each command keeps its own error, timeout and
 * deadline.
 */
export function batchWrites(client: RedisClient): void {
  if (client instanceof Cluster) client.on('+node', batchWritesOfServer);
  else batchWritesOfServer(client);
}

/** Each new connection has a new stream. */
function batchWritesOfServer(redis: Redis): void {
  redis.on('connect', () => {
    batchWritesTo(redis.stream);
  });
}

function batchWritesTo(stream: Writable): void {
  const write = stream.write.bind(stream) as (chunk: unknown) => boolean;
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    stream.uncork();
  };
  stream.write = (chunk: unknown) => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      // Runs after all readable sockets have been read, before the event loop waits again.
      setImmediate(uncork);
    }
    return write(chunk);
  };
}

/**
 * Restores the speed of string methods, which importing ioredis reduces in the whole process: its `VerbatimString`
 * extends `String`, which makes V8 keep `String.prototype` as a dictionary and inline none of its methods. Each
 * `charCodeAt` then takes several times as long, and HTTP in Node.js slows down. V8 makes a prototype fast again when a
 * method is looked up through an object; primitive strings never do that.
 * See `docs/decisions/0023-express-and-v8.md`.
 */
export function keepStringMethodsFast(): void {
  for (let call = 0; call < LOOKUPS; call += 1) lookUpMethod(TEXT);
}

/** An object, not a primitive: see {@link keepStringMethodsFast}. */
const TEXT = new String('text');

/** More calls than V8 needs before it records the type of an argument. */
const LOOKUPS = 100;

function lookUpMethod(text: { charCodeAt(index: number): number }): number {
  return text.charCodeAt(0);
}

/** Resolves when the client is ready, after its first failure, or after the timeout. */
export async function connect(client: RedisClient | undefined, timeout: number): Promise<void> {
  if (client === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
  });
  await Promise.race([client.connect().catch(() => undefined), late]);
  clearTimeout(timer);
}
