import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Audit } from '../audit/events.js';
import { withoutSecrets } from '../redaction.js';
import { withEscapes } from '../visible-text.js';
import { logDestination } from './log-destination.js';

export type { Logger };

/**
 * A structured log: JSON lines, or readable ones on a terminal.
 * @param destination default: standard output
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  if (destination !== undefined) return loggerTo(destination, level, withEscapes);
  if (process.stdout.isTTY) return createReadableLogger(level);
  return loggerTo(logDestination(process.stdout), level, withEscapes);
}

/**
 * A human-readable log. Characters that JSON escapes stay escaped.
 * @param destination default: standard output
 */
export function createReadableLogger(level: string, destination?: DestinationStream): Logger {
  const readable = pretty({ ignore: 'pid,hostname', ...(destination && { destination }) });
  return loggerTo(readable, level, withLastingEscapes);
}

function loggerTo(
  destination: DestinationStream,
  level: string,
  streamWrite: (line: string) => string,
): Logger {
  return pino({ level, serializers: { err: describeError }, hooks: { streamWrite } }, destination);
}

/**
 * Returns JSON in whose parsed strings unsafe characters are still escaped. Line feeds and tabs, which stack traces
 * contain, are kept.
 */
function withLastingEscapes(json: string): string {
  return withEscapes(json).replace(/\\(?:u[\da-f]{4}|.)/gi, (escape) =>
    /^\\[ubfr]/.test(escape) ? `\\${escape}` : escape,
  );
}

/** The maximum depth of causes: an error may be the cause of its own cause. */
const DEEPEST_CAUSE = 5;

/** The parts of an error that an operator needs, without what libraries attach, such as commands and their arguments. */
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
