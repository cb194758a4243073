import { existingDevelopmentKey } from '../config/development-key.js';
import { readConfig, type Config } from '../config/read.js';
import { createWalletSessions, type WalletSessions } from '../core/wallet-sessions.js';
import { openStoreOf } from '../service/open-configured-store.js';
import { EXIT_CODES } from '../service/exit-codes.js';
import type { Administrator } from '../administration/administration.js';
import { auditToAll, COMMAND_LINE, type Audit } from '../audit/events.js';
import { systemClock } from '../clock.js';
import type { SecretKey } from '../sessions/key-ring.js';
import type { CommandContext } from './command.js';
import { CommandFailure, unavailable } from './failure.js';
import type { Terminal } from './terminal.js';

export interface Operation {
  readonly config: Config;
  readonly keys: readonly SecretKey[];
  readonly services: WalletSessions;
  /** The actor in the audit log: the command line. */
  readonly by: Administrator;
  /** The number of unreadable records so far: altered, or encrypted with a missing key. */
  readonly unreadableRecords: () => number;
}

/**
 * Runs a function on the domain and the store that the environment configures, like the service, and closes them. When the
 * promise settles, audit events have been written, even if the function failed.
 * @throws ConfigurationError, StoreInUseError, WalletSessionsError `SERVICE_UNAVAILABLE`, CommandFailure
 */
export async function operate<Result>(
  { environment, version, terminal }: CommandContext,
  run: (operation: Operation) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(environment);
  const keys = config.keys ?? (await developmentKeys(config));
  // A command is too short for a cache to be useful.
  const redis = config.redis && { ...config.redis, nearCacheBound: 0 };
  let lastError: Error | undefined;
  const onError = (error: Error) => (lastError = error);
  const store = await openStoreOf({ ...config, redis }, systemClock, { onError });
  let close = () => store.close();
  try {
    await store.ping().catch((error: unknown) => {
      throw unavailable(lastError ?? error);
    });
    let unreadable = 0;
    const services = createWalletSessions({
      store,
      keys,
      // Commands do not sign in.
      origins: ['http://localhost'],
      sessions: config.sessions,
      rateLimits: config.rateLimits,
      audit: auditToAll([
        ({ type }) => {
          if (type === 'session.record-refused') unreadable += 1;
        },
        await auditWithoutStore(config, terminal),
      ]),
      auditLog: config.auditLog,
      report: (error) => {
        terminal.note(error instanceof Error ? error.message : String(error));
      },
      nearCacheSize: 0,
    });
    close = () => services.close();
    const source = { userAgent: userAgentOf(environment, version) };
    const by = { session: COMMAND_LINE, source } as const;
    return await run({ config, keys, services, by, unreadableRecords: () => unreadable });
  } finally {
    await close();
  }
}

/** If the store keeps no events, writes them to standard error, in the format of the service's log. */
async function auditWithoutStore({ auditLog }: Config, terminal: Terminal): Promise<Audit> {
  if (auditLog.size > 0) return () => undefined;
  // Loaded on demand, so that other commands start faster.
  const { auditTo, createLogger } = await import('../service/log.js');
  const write = (line: string) => {
    terminal.note(line.trimEnd());
  };
  return auditTo(createLogger('info', { write }));
}

async function developmentKeys({ dataDirectory }: Config): Promise<[SecretKey]> {
  const key = await existingDevelopmentKey(dataDirectory);
  if (key !== undefined) return [key];
  throw new CommandFailure(
    `SESSION_KEYS is not set, and there is no development key in ${dataDirectory}: give this command the ` +
      'environment of the service, in its directory.',
    EXIT_CODES.CONFIGURATION,
  );
}

/** The client in the audit log. */
function userAgentOf({ USER, LOGNAME }: NodeJS.ProcessEnv, version: string): string {
  return `wallet-sessions/${version} (command line; ${USER ?? LOGNAME ?? 'unknown user'})`;
}
