import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ephemeral ports (from 32768 on Linux, from 49152 elsewhere), so that no client connection takes a port
 * before a server listens on it or while that server is down.
 */
const [FIRST, AFTER_LAST] = [16_000, 32_000];

/** Each worker of Jest has its own ports, because two could find the same port free at the same moment. */
const SHARES = 16;
const share = Number(process.env['JEST_WORKER_ID'] ?? 0) % SHARES;
const PER_SHARE = (AFTER_LAST - FIRST) / SHARES;

const given = new Set<number>();

/** A port on which nothing listens and that was not returned in this process before. */
export async function freePort(): Promise<number> {
  const port = FIRST + share * PER_SHARE + randomInt(PER_SHARE);
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
