import { Cluster, type Redis } from 'ioredis';
import type { Writable } from 'node:stream';
import type { RedisClient } from './client.js';

/**
 * Sends the commands that come up in one turn of the event loop, be it for a hundred requests, with one system
 * call: one each took a seventh of a sign-in. Commands and replies stay what they are, which a pipeline of ioredis
 * would change: each has its own error, timeout and deadline.
 */
export function joinWrites(client: RedisClient): void {
  if (client instanceof Cluster) client.on('+node', joinWritesOfServer);
  else joinWritesOfServer(client);
}

/** Each connection has a stream of its own. */
function joinWritesOfServer(redis: Redis): void {
  redis.on('connect', () => {
    joinWritesTo(redis.stream);
  });
}

function joinWritesTo(stream: Writable): void {
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
      // After all sockets that have something to say were read, and before any other waits.
      setImmediate(uncork);
    }
    return write(chunk);
  };
}
