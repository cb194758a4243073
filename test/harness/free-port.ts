import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to connections (from 32768 on Linux, from 49152 elsewhere): no client takes one
 * between the look for it and its use, or while the server that had it is down.
 */
const [FIRST, AFTER_LAST] = [16_000, 32_000];

const given = new Set<number>();

/** A port on which nobody listens, and which nobody in this process was given before. */
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
