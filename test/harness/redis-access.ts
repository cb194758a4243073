import type { RedisOptions } from 'ioredis';
import { readFile } from 'node:fs/promises';
import { aCertificateAuthority } from './certificates.js';
import { recommendedRights } from './recommended-rights.js';
import { temporaryDirectory } from './stores.js';

/** How the Redis servers of a test are accessed. */
export interface RedisAccess {
  /** The arguments of a server. */
  args(port: number): readonly string[];
  /** The arguments of a sentinel. */
  sentinelArgs(port: number): readonly string[];
  /** Additional lines of the configuration of a sentinel. */
  readonly sentinelLines: readonly string[];
  /** The connection options of the tests. */
  readonly admin: Pick<RedisOptions, 'host' | 'password' | 'tls'>;
  /** The URL by which the service connects to a host, or to a master by its name. */
  url(host: string, port?: number): string;
  sentinelUrl(port: number): string;
  /** Additional environment variables of the service. */
  readonly environment: Record<string, string>;
  remove(): Promise<void>;
}

/** Access without TLS and without a password. */
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

const SERVER_PASSWORD = 'SERVER_PASSWORD';

/**
 * Access over TLS, also between the servers, which authenticate each other by a password. The service connects as a
 * user with the rights recommended in docs/security.md. Sentinels have another user and another password.
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
      ...[
        '--requirepass',
        SERVER_PASSWORD,
        '--masterauth',
        SERVER_PASSWORD,
        '--user',
        user,
        ...rules,
      ],
    ],
    sentinelArgs: overTls,
    sentinelLines: [
      `requirepass ${SERVER_PASSWORD}`,
      `sentinel auth-pass mymaster ${SERVER_PASSWORD}`,
      'user watcher on >SENTINEL-PASSWORD allchannels -@all +auth +hello +client|setname +info +ping +sentinel +subscribe',
    ],
    admin: {
      host: '127.0.0.1',
      password: SERVER_PASSWORD,
      tls: { ca: await readFile(authority.certificateFile, 'utf8') },
    },
    url: (host, port) => `rediss://${user}:PASSWORD@${host}${port === undefined ? '' : `:${port}`}`,
    sentinelUrl: (port) => `rediss://watcher:SENTINEL-PASSWORD@127.0.0.1:${port}`,
    environment: { REDIS_TLS_CA_FILE: authority.certificateFile, REDIS_KEY_PREFIX: 'ws' },
    remove: () => directory.remove(),
  };
}
