import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Audit } from '../audit/events.js';
import { withoutSecrets } from '../redaction.js';
import { withEscapes } from '../visible-text.js';
import { writeSync } from 'node:fs';

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

/** Maximum number of characters that are buffered while nothing can be written: 16 MB of JSON. */
const GATHERED_LIMIT = 16 * 1024 * 1024;
/** Bytes per system call: as many as Docker reads at once. */
const CHUNK_SIZE = 16 * 1024;
/** The delay before a failed write is tried again, in milliseconds. */
const RETRY_INTERVAL = 20;
/** How long a slow reader may delay the exit of the process, in milliseconds. */
const PATIENCE_AT_EXIT = 2000;

interface LogDestination {
  write(line: string): void;
  /** Writes the buffered lines, as far as the destination accepts them. */
  flushSync(): void;
}

/**
 * Writes the lines of one turn of the event loop together, at the end of the turn. Each write is synchronous: an
 * asynchronous write that is in progress when the process logs a fatal error or exits would end after the later lines,
 * or never. A pipe without a reader does not block, because Node.js makes pipes non-blocking. If the destination does
 * not accept lines (a full disk, a full pipe), it buffers up to 16 MB, retries, and drops further lines. It reports
 * that once on standard error, until all lines have been written. It never throws, and its retries do not keep the
 * process alive. The `flushSync` of sonic-boom, pino's own destination, retries forever.
 * @param stream standard output or a similar stream, to whose file descriptor the log is written
 */
export function logDestination(stream: { readonly fd: number }): LogDestination {
  // Accessing `process.stdout` makes a pipe non-blocking: writes fail when it is full.
  const { fd } = stream;
  const chunks: (string | Buffer)[] = [];
  let gathered = 0;
  let next: NodeJS.Immediate | undefined;
  let retry: NodeJS.Timeout | undefined;
  let told = false;
  let dropped = 0;
  let patience = PATIENCE_AT_EXIT;

  function gather(line: string): void {
    if (gathered + line.length > GATHERED_LIMIT) {
      dropped += 1;
      tell('nothing reads it, and lines are dropped');
      return;
    }
    gathered += line.length;
    const last = chunks.at(-1);
    if (typeof last === 'string' && last.length + line.length <= CHUNK_SIZE) {
      chunks[chunks.length - 1] = last + line;
    } else chunks.push(line);
  }

  /** Writes one chunk, or a part of it. Returns the error if nothing was written. */
  function writeChunk(): Error | undefined {
    const chunk = chunks.shift();
    if (chunk === undefined) return undefined;
    gathered -= chunk.length;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    try {
      putBack(bytes.subarray(writeSync(fd, bytes)));
      return undefined;
    } catch (error) {
      putBack(bytes);
      return error as Error;
    }
  }

  function putBack(rest: Buffer): void {
    if (rest.length === 0) return;
    chunks.unshift(rest);
    gathered += rest.length;
  }

  /** Writes one chunk per turn of the event loop, so that a long backlog does not delay requests. */
  function writeSoon(): void {
    if (next !== undefined || retry !== undefined || chunks.length === 0) return;
    next = setImmediate(() => {
      next = undefined;
      const error = writeChunk();
      if (error === undefined) {
        tellIfWritten();
        writeSoon();
        return;
      }
      if (!isFull(error)) tell(error.message);
      retry = setTimeout(() => {
        retry = undefined;
        writeSoon();
      }, RETRY_INTERVAL).unref();
    });
  }

  function flushSync(): void {
    const end = Date.now() + patience;
    while (chunks.length > 0) {
      const error = writeChunk();
      if (error === undefined) continue;
      if (!isFull(error) || Date.now() > end) {
        tell(error.message);
        // A fatal error and the exit that follows it wait only once.
        patience = 0;
        return;
      }
      pause(RETRY_INTERVAL);
    }
  }

  function tell(reason: string): void {
    if (told) return;
    told = true;
    sayOnStandardError(`The log cannot be written: ${reason}`);
  }

  function tellIfWritten(): void {
    if (!told || gathered > 0) return;
    sayOnStandardError(`The log is written again; ${dropped} lines of it were dropped.`);
    told = false;
    dropped = 0;
  }

  process.on('exit', flushSync);
  return {
    write(line) {
      gather(line);
      writeSoon();
    },
    flushSync,
  };
}

/** The pipe is full, because its reader is slow. */
function isFull(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}

/** Does not use `console`, whose pending writes would keep the process alive. */
function sayOnStandardError(text: string): void {
  try {
    writeSync(process.stderr.fd, `${text}\n`);
  } catch {
    // Standard error is as unavailable as the log.
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
