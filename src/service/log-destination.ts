import { write, writeSync } from 'node:fs';

/** Maximum number of characters that are buffered while nothing can be written: 16 MB of JSON. */
const GATHERED_LIMIT = 16 * 1024 * 1024;
/** Bytes per system call: as many as Docker reads at once. */
const CHUNK_SIZE = 16 * 1024;
/** The delay before a failed write is tried again, in milliseconds. */
const RETRY_INTERVAL = 20;
/** How long a slow reader may delay the exit of the process, in milliseconds. */
const PATIENCE_AT_EXIT = 2000;

export interface LogDestination {
  write(line: string): void;
  /** Writes the buffered lines synchronously, as far as the destination accepts them. */
  flushSync(): void;
}

/**
 * Writes lines without blocking. Lines that arrive during a write are buffered, so that one system call writes many. If the
 * destination does not accept them (a full disk, a pipe without a reader), it buffers up to 16 MB, retries, and drops
 * further lines. It reports that once on standard error, until all lines have been written. It never throws, and does not
 * keep the process alive. The `flushSync` of sonic-boom, pino's own destination, retries forever.
 * @param stream standard output or a similar stream, to whose file descriptor the log is written
 */
export function logDestination(stream: { readonly fd: number }): LogDestination {
  // Accessing `process.stdout` makes a pipe non-blocking: writes fail when it is full.
  const { fd } = stream;
  const chunks: (string | Buffer)[] = [];
  let gathered = 0;
  let writing = false;
  let retry: NodeJS.Timeout | undefined;
  let told = false;
  let dropped = 0;
  let patience = PATIENCE_AT_EXIT;

  function gather(line: string): void {
    if (gathered + line.length > GATHERED_LIMIT) {
      dropped += 1;
      tell('nobody takes it, and lines are dropped');
      return;
    }
    gathered += line.length;
    const last = chunks.at(-1);
    if (typeof last === 'string' && last.length + line.length <= CHUNK_SIZE) {
      chunks[chunks.length - 1] = last + line;
    } else chunks.push(line);
  }

  function take(): Buffer | undefined {
    const chunk = chunks.shift();
    if (chunk === undefined) return undefined;
    gathered -= chunk.length;
    return typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }

  function putBack(rest: Buffer): void {
    if (rest.length === 0) return;
    chunks.unshift(rest);
    gathered += rest.length;
  }

  function writeNext(): void {
    if (writing || retry !== undefined) return;
    const chunk = take();
    if (chunk === undefined) return;
    writing = true;
    write(fd, chunk, (error, written) => {
      writing = false;
      putBack(error === null ? chunk.subarray(written) : chunk);
      if (error === null) {
        tellIfWritten();
        writeNext();
        return;
      }
      if (!isFull(error)) tell(error.message);
      retry = setTimeout(() => {
        retry = undefined;
        writeNext();
      }, RETRY_INTERVAL).unref();
    });
  }

  function flushSync(): void {
    const end = Date.now() + patience;
    for (let chunk = take(); chunk !== undefined; chunk = take()) {
      try {
        putBack(chunk.subarray(writeSync(fd, chunk)));
      } catch (error) {
        putBack(chunk);
        if (!isFull(error) || Date.now() > end) {
          tell((error as Error).message);
          // A fatal error and the exit that follows it wait only once.
          patience = 0;
          return;
        }
        pause(RETRY_INTERVAL);
      }
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
      writeNext();
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
