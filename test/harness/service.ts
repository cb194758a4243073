import { pino } from 'pino';
import { startService, type RunningService } from '../../src/compose.js';
import { readConfig } from '../../src/config/read.js';
import type { Clock } from '../../src/session/clock.js';
import { ownPrefix, redisUrl, temporaryDirectory, type StoreName } from './stores.js';

export interface TestService extends RunningService {
  /** Everything that the service has logged, as JSON lines. */
  readonly log: readonly string[];
  readonly webSocketUrl: string;
}

const KEY = `test:${Buffer.alloc(32, 7).toString('base64')}`;

/**
 * A service on a port of its own and on a store that nothing else uses, in this process, configured by
 * environment variables as an operator would. `stop` leaves nothing behind.
 */
export async function startTestService(
  store: StoreName,
  environment: Record<string, string> = {},
  clock?: Clock,
): Promise<TestService> {
  const directory = await temporaryDirectory();
  const log: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => log.push(line) });
  const config = readConfig({
    PORT: '0',
    SESSION_KEYS: KEY,
    DATA_DIRECTORY: directory.path,
    REDIS_KEY_PREFIX: ownPrefix(),
    ...(store === 'Redis' && { REDIS_URL: redisUrl() }),
    ...environment,
  });
  const service = await startService(config, logger, clock);
  return {
    ...service,
    log,
    webSocketUrl: service.url.replace('http', 'ws'),
    async stop() {
      await service.stop();
      await directory.remove();
    },
  };
}
