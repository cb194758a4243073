import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ephemeral ports (from 32768 on Linux, from 49152 elsewhere), so that no client connection takes a port
 * before a server listens on it or while that server is down.
 */
const [FIRST, AFTER_LAST] = [16_000, 32_000];

const given = new Set<number>();

/** A port on which nothing listens and that was not returned in this process before. */
export async function freePort(): Promise<number> {
  const port = randomInt(FIRST, AFTER_LAST);
  if (given.has(port)) return freePort();
  given.add(port);
  return (await isFree(port)) ? port : freePort();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
