import type { RedisOptions } from 'ioredis';
import { readFile } from 'node:fs/promises';
import { aCertificateAuthority } from './certificates.js';
import { recommendedRights } from './recommended-rights.js';
import { temporaryDirectory } from './stores.js';

/** How the servers of a test are reached, and by whom. */
export interface RedisAccess {
  /** What a server is started with. */
  args(port: number): readonly string[];
  /** The same of a sentinel. */
  sentinelArgs(port: number): readonly string[];
  /** What the configuration of a sentinel has besides. */
  readonly sentinelLines: readonly string[];
  /** As the tests reach a server. */
  readonly admin: Pick<RedisOptions, 'host' | 'password' | 'tls'>;
  /** As the service reaches a server or, with the name of a master in place of the address, a master. */
  url(host: string, port?: number): string;
  sentinelUrl(port: number): string;
  /** What the service is configured with besides. */
  readonly environment: Record<string, string>;
  remove(): Promise<void>;
}

/** Anybody, in clear. */
export const OPEN_ACCESS: RedisAccess = {
  args: () => [],
  sentinelArgs: () => [],
  sentinelLines: [],
  admin: { host: '127.0.0.1' },
  url: (host, port) => `redis://${host}${port === undefined ? '' : `:${port}`}`,
  sentinelUrl: (port) => `redis://127.0.0.1:${port}`,
  environment: {},
  remove: () => Promise.resolve(),
};

const WORD = 'WORD';

/**
 * Over TLS, also between the servers, which know each other by a password; the service as a user of its own,
 * who may do what docs/security.md recommends. Sentinels have another user and another password.
 */
export async function securedAccess(): Promise<RedisAccess> {
  const directory = await temporaryDirectory();
  const authority = await aCertificateAuthority(directory.path, 'own');
  const { certificateFile, keyFile } = await authority.issue('IP:127.0.0.1');
  const [user, ...rules] = recommendedRights();
  const overTls = (port: number) => [
    ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
    ...['--tls-replication', 'yes', '--tls-ca-cert-file', authority.certificateFile],
    ...['--tls-cert-file', certificateFile, '--tls-key-file', keyFile],
  ];
  return {
    args: (port) => [
      ...overTls(port),
      ...['--requirepass', WORD, '--masterauth', WORD, '--user', user, ...rules],
    ],
    sentinelArgs: overTls,
    sentinelLines: [
      `requirepass ${WORD}`,
      `sentinel auth-pass mymaster ${WORD}`,
      'user watcher on >SENTINEL-PASSWORD allchannels -@all +auth +hello +client|setname +info +ping +sentinel +subscribe',
    ],
    admin: {
      host: '127.0.0.1',
      password: WORD,
      tls: { ca: await readFile(authority.certificateFile, 'utf8') },
    },
    url: (host, port) => `rediss://${user}:PASSWORD@${host}${port === undefined ? '' : `:${port}`}`,
    sentinelUrl: (port) => `rediss://watcher:SENTINEL-PASSWORD@127.0.0.1:${port}`,
    environment: { REDIS_TLS_CA_FILE: authority.certificateFile, REDIS_KEY_PREFIX: 'ws' },
    remove: () => directory.remove(),
  };
}
