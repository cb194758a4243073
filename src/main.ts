#!/usr/bin/env node
import { startService, type RunningService } from './compose.js';
import { ConfigurationError, readConfig, type Config } from './config/read.js';
import { createLogger, type Logger } from './log.js';

const config = configuration();
const log = createLogger(config.logLevel);
const service = await startService(config, log).catch((error: unknown) => {
  log.fatal({ err: error }, 'the service could not start');
  process.exit(1);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stop(service, log, config, signal));
}

function configuration(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exit(78); // EX_CONFIG of sysexits.h
  }
}

async function stop(
  running: RunningService,
  logger: Logger,
  { shutdownDelay, shutdownTimeout }: Config,
  signal: string,
): Promise<void> {
  logger.info({ signal }, 'stopping');
  const overdue = setTimeout(() => {
    logger.error('requests under way did not finish in time');
    process.exit(1);
  }, shutdownDelay + shutdownTimeout).unref();
  await running.stop();
  clearTimeout(overdue);
  logger.info('stopped');
}
