import { Cluster, type Redis } from 'ioredis';
import { WalletSessionsError } from '../../errors.js';
import {
  connect,
  rethrowAsUnavailable,
  type RedisClient,
  type RedisConnector,
} from './connection/index.js';
import type { RedisKeys } from './keys.js';
import { rulesFor, tryRights } from './rights.js';

/**
 * Names what the user of the store may not do, and settings of Redis by which it may lose sessions.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function caveatsOf(
  client: RedisClient,
  connector: RedisConnector,
  keys: RedisKeys,
  options: CaveatOptions,
): Promise<string[]> {
  return [...(await missingRights(connector, keys, options)), ...(await evictionCaveats(client))];
}

interface CaveatOptions {
  readonly commandTimeout: number;
  readonly revocationReplicas: number;
}

async function evictionCaveats(client: RedisClient): Promise<string[]> {
  const servers = client instanceof Cluster ? client.nodes('master') : [client];
  const policies = new Set(await Promise.all(servers.map(evictionPolicyOf)));
  policies.delete(undefined);
  return [...policies].map(
    (policy) => `Redis may evict sessions (maxmemory-policy ${policy}). Set it to noeviction.`,
  );
}

/**
 * Names what the ACL of the user forbids and the store needs, over a connection of its own, so that the trial does not
 * mix with commands of the store.
 */
async function missingRights(
  connector: RedisConnector,
  keys: RedisKeys,
  options: CaveatOptions,
): Promise<string[]> {
  // The check for slots needs a right that is tried here.
  const client = connector.client('wallet-sessions-rights', { requireAllSlots: false });
  let failure = new Error('no answer in time');
  client.on('error', (error: Error & { readonly lastNodeError?: Error }) => {
    failure = error.lastNodeError ?? error;
  });
  try {
    await connect(client, options.commandTimeout);
    if (client.status !== 'ready') throw failure;
    const { forbidden } = await tryRights(client, connector, keys, options.revocationReplicas);
    const isScanForbidden = await client.call('SCAN', '0', 'COUNT', '1').then(
      () => false,
      (error: unknown) => (error as Error).message.startsWith('NOPERM'),
    );
    const commands = isScanForbidden ? [...forbidden, 'SCAN'] : forbidden;
    if (commands.length === 0) return [];
    return [
      `The Redis user may not run ${commands.join(', ')}: operations that need them fail. Allow them with ACL SETUSER ` +
        `and ${rulesFor(commands, keys)} (docs/security.md, Access to Redis).`,
    ];
  } catch (cause) {
    const { message } = cause as Error;
    if (!message.startsWith('NOPERM')) {
      throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
    }
    return [
      `Redis forbids a command that the service needs, so every session is refused: ${message}. docs/security.md (Access to Redis) lists ` +
        'all rights that are needed.',
    ];
  } finally {
    client.disconnect();
  }
}

/** Returns the eviction policy if a full Redis may evict keys, which would lose sessions and revocations. */
async function evictionPolicyOf(server: Redis): Promise<string | undefined> {
  const memory = await rethrowAsUnavailable(
    server.info('memory').catch((error: unknown) => {
      // `missingRights` names it.
      if ((error as Error).message.startsWith('NOPERM')) return '';
      throw error;
    }),
  );
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  const limit = /^maxmemory:(\d+)/m.exec(memory)?.[1];
  return policy === undefined || policy === 'noeviction' || limit === '0' ? undefined : policy;
}
