import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { TEST_KEY } from '../harness/service.js';
import { launchUnheard } from '../harness/service-process.js';
import { ownPrefix, redisUrl, temporaryDirectory } from '../harness/stores.js';

const ON_REDIS = {
  SESSION_KEYS: TEST_KEY,
  REDIS_URL: redisUrl(),
  SIGN_IN_ORIGINS: 'http://localhost:4000',
};

const NO_SUCH_FILE = { TRUSTED_DOCUMENTS: '/no/such/file.json' };

interface Destination {
  readonly descriptor: number;
  close(): Promise<void>;
}

/** A destination where every write fails with ENOSPC. */
function fullDisk(): Promise<Destination> {
  const descriptor = openSync('/dev/full', 'w');
  return Promise.resolve({
    descriptor,
    close() {
      closeSync(descriptor);
      return Promise.resolve();
    },
  });
}

/** A full pipe without a reader. A write to `descriptor` blocks. */
async function fullPipe(): Promise<Destination> {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'pipe');
  execFileSync('mkfifo', [path]);
  const filler = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const descriptor = openSync(path, 'r+');
  expect(() => {
    for (;;) writeSync(filler, Buffer.alloc(1024));
  }).toThrow('EAGAIN');
  return {
    descriptor,
    close() {
      closeSync(filler);
      closeSync(descriptor);
      return directory.remove();
    },
  };
}

describe.each([
  ['a full disk', fullDisk],
  ['a pipe without a reader', fullPipe],
])('a service that logs to %s', (_, open) => {
  let destination: Destination;

  beforeEach(async () => {
    destination = await open();
  });
  afterEach(() => destination.close());

  it('serves and stops while its log cannot be written, and reports that once on standard error', async () => {
    const service = await launchUnheard(destination.descriptor, {
      ...ON_REDIS,
      REDIS_KEY_PREFIX: ownPrefix(),
      LOG_LEVEL: 'debug',
    });
    await eventually(() => signIn(service.url));
    await signIn(service.url);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(service.stderr()).toMatch(/^The log cannot be written: (ENOSPC|EAGAIN): .+\n$/);
  });

  it('exits when it fails to start while its log cannot be written', async () => {
    const service = await launchUnheard(destination.descriptor, { ...ON_REDIS, ...NO_SUCH_FILE });
    expect(await service.exited).toEqual({ code: 78, signal: null });
  });
});

const MODULE = pathToFileURL(resolve(__dirname, '../../dist/service/log.js')).href;
const LINES = 20_000;

it('buffers up to 16 MB of unread log lines and counts the lines beyond', async () => {
  const program = `
    import { logDestination } from '${MODULE}';
    const log = logDestination(process.stdout);
    for (let line = 0; line < ${LINES}; line += 1) log.write(String(line).padEnd(1023) + '\\n');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  const closed = once(child, 'close');
  const notes: string[] = [];
  const stderr = createInterface(child.stderr).on('line', (line) => notes.push(line));
  await once(stderr, 'line');
  expect(notes).toEqual(['The log cannot be written: nothing reads it, and lines are dropped']);

  const written: number[] = [];
  createInterface(child.stdout).on('line', (line) => written.push(Number(line)));
  await once(stderr, 'line');
  child.stdin.end();
  expect(await closed).toEqual([0, null]);

  expect(written).toEqual(Array.from({ length: written.length }, (_, line) => line));
  expect(written.length * 1024).toBeGreaterThanOrEqual(16 * 1024 * 1024);
  expect(notes[1]).toBe(
    `The log is written again; ${LINES - written.length} lines of it were dropped.`,
  );
});

/** A program in which one task occupies all threads on which Node.js writes asynchronously. */
const BUSY = `
  import { pbkdf2 } from 'node:crypto';
  import { logDestination } from '${MODULE}';
  pbkdf2('', '', 1_000_000, 64, 'sha512', () => undefined);
  const log = logDestination(process.stdout);
  const inLaterTurn = (action) => setImmediate(() => setImmediate(action));`;

it.each([
  [
    'writes a fatal error, which flushes the log, after the lines before it',
    `log.write('first\\n');
     inLaterTurn(() => { log.write('second\\n'); log.write('fatal\\n'); log.flushSync(); });`,
    'first\nsecond\nfatal\n',
  ],
  [
    'writes all lines in order when the process exits at once',
    `log.write('first\\n');
     inLaterTurn(() => { log.write('second\\n'); process.exit(0); });`,
    'first\nsecond\n',
  ],
])('%s', async (_what, program, expected) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', `${BUSY}\n${program}`], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(written).toBe(expected);
});
