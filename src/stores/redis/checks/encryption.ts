import type { Socket } from 'node:net';
import { Cluster } from 'ioredis';
import { ok, warning, type CheckResult } from '../../../check-result.js';
import { isLoopback } from '../../../loopback.js';
import type { RedisClient } from '../connection/client.js';
import type { RedisAddress } from '../connection/connector.js';

/** Over a network, in clear, anybody on the way reads the password of Redis and who signs in. */
export function examineEncryption(address: RedisAddress, client: RedisClient): CheckResult {
  const open = waysOf(address, client).filter(isOpen);
  if (open.length === 0) {
    return ok('encryption', 'The way to Redis is TLS, or within this machine.');
  }
  const hosts = [...new Set(open.map(({ host }) => host))];
  return warning(
    'encryption',
    `The way to ${hosts.join(', ')} is not encrypted: whoever is on it reads the password of Redis and can ` +
      'change what it answers.',
    'Have Redis speak TLS and use rediss:// in the URLs, or see to it that nobody else is on that network.',
  );
}

/** Where the connections go: not the name of a master, but where its sentinels say that it is. */
function waysOf({ url, sentinels }: RedisAddress, client: RedisClient): URL[] {
  const named = urlsIn(url);
  const at = (host = '') =>
    new URL(`${named[0]?.protocol}//${host.includes(':') ? `[${host}]` : host}`);
  if (client instanceof Cluster) return client.nodes().map(({ options }) => at(options.host));
  if (sentinels === undefined) return named;
  const { remoteAddress } = client.stream as Partial<Socket>;
  return [...urlsIn(sentinels), at(remoteAddress?.replace(/^::ffff:/, ''))];
}

const urlsIn = (text: string) => text.split(',').map((url) => new URL(url.trim()));

function isOpen({ protocol, hostname }: URL): boolean {
  return protocol === 'redis:' && hostname !== '' && !isLoopback(hostname);
}
