import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Audit } from '../session/audit.js';
import { withoutSecrets } from '../session/secrets.js';
import { logDestination } from './log-destination.js';

export type { Logger };

/**
 * A structured log: JSON lines, or readable ones on a terminal.
 * @param destination default: standard output
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, serializers: { err: describeError } };
  if (destination !== undefined) return pino(options, destination);
  if (process.stdout.isTTY) return pino(options, pretty({ ignore: 'pid,hostname' }));
  return pino(options, logDestination(process.stdout));
}

/** An error may be the cause of its cause. */
const DEEPEST_CAUSE = 5;

/** What an operator needs of an error, without what libraries attach: commands and their arguments. */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) };
  const { name, message, stack, cause } = error;
  const { code } = error as NodeJS.ErrnoException;
  return {
    name,
    message: withoutSecrets(message),
    code,
    stack: withoutSecrets(stack ?? ''),
    ...(cause !== undefined && depth < DEEPEST_CAUSE && { cause: describeError(cause, depth + 1) }),
  };
}

/** Writes audit events to the log, each as one record. */
export function auditTo(log: Logger): Audit {
  return ({ at, ...event }) => {
    if (!log.isLevelEnabled('info')) return;
    log.info({ audit: { ...event, at: new Date(at).toISOString() } }, event.type);
  };
}
