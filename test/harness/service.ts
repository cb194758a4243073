import { readConfig } from '../../src/config/read.js';
import { createLogger } from '../../src/service/log.js';
import { startService, type RunningService } from '../../src/service/start.js';
import type { Clock } from '../../src/clock.js';
import { clusterOfThisFile } from './cluster-of-this-file.js';
import { eventually } from './eventually.js';
import {
  ownPrefix,
  PATIENT_TIMEOUT,
  redisUrl,
  temporaryDirectory,
  type StoreName,
} from './stores.js';
import { anAccount } from './wallet.js';

export interface TestService extends RunningService {
  /** Everything that the service has logged, as JSON lines. */
  readonly log: readonly string[];
  readonly webSocketUrl: string;
}

/** The key of test services that share sessions. */
export const TEST_KEY = `test:${Buffer.alloc(32, 7).toString('base64')}`;

/** Disables rate limits, because all tests use one IP address. */
export const NO_LIMITS = {
  RATE_LIMIT_CHALLENGE_PER_IP: 'none',
  RATE_LIMIT_SIGN_IN_PER_IP: 'none',
  RATE_LIMIT_SIGN_IN_PER_WALLET: 'none',
  RATE_LIMIT_REFRESH_PER_IP: 'none',
  RATE_LIMIT_REFRESH_PER_SESSION: 'none',
  RATE_LIMIT_DOCUMENTS_PER_IP: 'none',
  RATE_LIMIT_LOGOUT_PER_SESSION: 'none',
  RATE_LIMIT_INTROSPECTION_PER_CLIENT: 'none',
  WEBSOCKET_LIMIT_PER_IP: '0',
  WEBSOCKET_SUBSCRIPTION_LIMIT_PER_IP: '0',
  WEBSOCKET_MEMORY_PER_IP: '0',
  CONNECTION_LIMIT_PER_IP: '0',
};

const running = new Set<() => Promise<void>>();

// A failed test may leave a service running, for which Jest would wait forever.
afterAll(() => Promise.all([...running].map((stop) => stop())));

/**
 * Starts a service in this process on a free port and an unshared store, configured by environment variables.
 * `stop` removes its data.
 */
export async function startTestService(
  store: StoreName,
  environment: Record<string, string> = {},
  clock?: Clock,
): Promise<TestService> {
  const directory = await temporaryDirectory();
  const cluster = store === 'Redis Cluster' ? await clusterOfThisFile() : undefined;
  const log: string[] = [];
  const logger = createLogger('debug', { write: (line) => log.push(line) });
  const config = readConfig({
    ...NO_LIMITS,
    PORT: '0',
    SESSION_KEYS: TEST_KEY,
    DATA_DIRECTORY: directory.path,
    REDIS_KEY_PREFIX: ownPrefix(),
    REDIS_COMMAND_TIMEOUT: `${PATIENT_TIMEOUT}ms`,
    ...(store === 'Redis' && { REDIS_URL: redisUrl() }),
    ...(cluster !== undefined && { REDIS_URL: cluster.url, REDIS_CLUSTER: 'true' }),
    ...environment,
  });
  const service = await startService(config, logger, clock).catch(async (error: unknown) => {
    await directory.remove();
    throw error;
  });
  if (cluster !== undefined) {
    // A client connects to a master on first use. Commands may fail before the connection is ready.
    const somewhere = () => service.services.sessions.list(anAccount());
    await eventually(() => Promise.all(Array.from({ length: 50 }, somewhere)));
  }
  const stop = async () => {
    running.delete(stop);
    await service.stop();
    await directory.remove();
  };
  running.add(stop);
  return { ...service, log, webSocketUrl: service.url.replace('http', 'ws'), stop };
}
