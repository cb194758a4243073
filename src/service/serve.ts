import { unknownVariables } from '../config/unknown-variables.js';
import { ConfigurationError, readConfig, type Config } from '../config/read.js';
import { withoutSecrets } from '../redaction.js';
import { printable } from '../visible-text.js';
import { EXIT_CODES } from './exit-codes.js';
import { explainFailedStart } from './failed-start.js';
import { createLogger, type Logger } from './log.js';
import { startService, type RunningService } from './start.js';

/**
 * Runs the service until SIGINT or SIGTERM, or until the npm process that started it has exited. Resolves when the service
 * is ready. If it cannot start, it prints why, closes everything, and the process exits with one of {@link EXIT_CODES}.
 */
export async function serve(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = configuration(environment);
  if (config === undefined) return;
  const log = createLogger(config.logLevel);
  for (const warning of unknownVariables(environment)) log.warn(warning);
  const service = await startService(config, log).catch((error: unknown) => {
    const explained = explainFailedStart(error, config);
    if (explained === undefined) log.fatal({ err: error }, 'the service could not start');
    else log.fatal(`the service could not start: ${withoutSecrets(explained.message)}`);
    process.exitCode = explained?.exitCode ?? EXIT_CODES.FAILED;
    return undefined;
  });
  if (service === undefined) return;
  let isStopping = false;
  const stopOnce = (reason: object) => {
    if (!isStopping) void stop(service, log, config, reason);
    isStopping = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopOnce({ signal });
    });
  }
  whenParentIsGone(environment, () => {
    stopOnce({ parentIsGone: true });
  });
}

/** Returns `undefined` if the configuration is invalid, after printing why. */
function configuration(environment: NodeJS.ProcessEnv): Config | undefined {
  try {
    return readConfig(environment);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const lines = [error.message, ...unknownVariables(environment)].join('\n  ').split('\n');
    console.error(lines.map(printable).join('\n'));
    process.exitCode = EXIT_CODES.CONFIGURATION;
    return undefined;
  }
}

async function stop(
  running: RunningService,
  logger: Logger,
  { shutdownDelay, shutdownTimeout }: Config,
  reason: object,
): Promise<void> {
  logger.info(reason, 'stopping');
  const overdue = setTimeout(() => {
    logger.error('requests under way did not finish in time');
    // They would keep the process alive.
    process.exit(EXIT_CODES.FAILED);
  }, shutdownDelay + shutdownTimeout).unref();
  try {
    await running.stop();
    logger.info('stopped');
  } catch (error) {
    logger.error({ err: error }, 'stopped, but not everything could be closed');
    process.exitCode = EXIT_CODES.FAILED;
  }
  clearTimeout(overdue);
}

/** The interval in milliseconds at which the parent process is checked. */
const INTERVAL = 500;

/**
 * Calls back once when the parent process has exited, if it was npm or another package manager. npm passes SIGTERM on to
 * the shell in which it runs a command. The shell exits, and the command receives no signal. A service that was started by
 * another program may outlive it, as with `nohup`.
 */
function whenParentIsGone(environment: NodeJS.ProcessEnv, callback: () => void): void {
  if (environment['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, INTERVAL).unref();
}
