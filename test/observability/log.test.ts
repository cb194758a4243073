import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { Redis } from 'ioredis';
import { createLogger, createReadableLogger } from '../../src/service/log.js';
import { eventually } from '../harness/eventually.js';
import { startRedisServer } from '../harness/redis-server.js';
import { startTestService } from '../harness/service.js';
import { redisUrl } from '../harness/stores.js';

const SECRET = `wsr_${randomBytes(60).toString('base64url')}`;

/** The log line of an error. */
function logged(error: unknown): string {
  let written = '';
  createLogger('debug', { write: (line) => (written += line) }).error({ err: error }, 'failed');
  return written;
}

describe('the log entry of a Redis error', () => {
  let redis: Redis;

  beforeAll(() => {
    redis = new Redis(redisUrl());
  });

  afterAll(() => {
    redis.disconnect();
  });

  const errorOf = (reply: Promise<unknown>): Promise<Error> =>
    reply.then(
      () => {
        throw new Error('Redis had no error.');
      },
      (error: unknown) => error as Error,
    );

  it('logs the message of a Redis error and not the arguments of the command', async () => {
    const error = await errorOf(redis.set('key', SECRET, 'PX', 'never' as unknown as number));

    // The error contains the secret.
    expect(JSON.stringify(error)).toContain(SECRET);
    expect(logged(error)).toContain('not an integer');
    expect(logged(error)).not.toContain(SECRET);
  });

  it('redacts the arguments that Redis quotes in an error about an unknown command', async () => {
    const password = 'correct horse';
    const error = await errorOf(redis.call('NOSUCHCOMMAND', 'default', password));

    expect(error.message).toContain(password);
    expect(logged(error)).toContain('unknown command');
    expect(logged(error)).not.toContain(password);
  });

  it('redacts the arguments that the causes of an error quote', async () => {
    const cause = await errorOf(redis.call('NOSUCHCOMMAND', SECRET));

    const line = logged(new Error('failed', { cause }));
    expect(line).toContain('unknown command');
    expect(line).not.toContain(SECRET);
  });
});

it('redacts the Redis password in the log when AUTH is renamed', async () => {
  const password = randomBytes(16).toString('base64url');
  const redis = await startRedisServer({
    args: [
      '--requirepass',
      password,
      '--rename-command',
      'HELLO',
      '',
      '--rename-command',
      'AUTH',
      '',
    ],
  });
  const service = await startTestService('Redis', {
    REDIS_URL: redis.url.replace('//', `//:${password}@`),
    // Timers of failing connections outlive the service by this time.
    REDIS_COMMAND_TIMEOUT: '500ms',
  });
  await eventually(() => {
    expect(service.log.join('')).toContain('with args beginning with: [redacted]');
    return Promise.resolve();
  });
  expect(service.log.join('')).not.toContain(password);
  await service.stop();
  await redis.stop();
});

it('logs an error with a circular chain of causes', () => {
  const outer = new Error('The outer one.', { cause: new Error('The inner one.') });
  (outer.cause as Error).cause = outer;
  expect(logged(outer)).toContain('The inner one.');
});

it('redacts secrets in a thrown string that is logged', () => {
  expect(logged(`refused ${SECRET}`)).toContain('refused [redacted]');
});

describe('unsafe characters in the log', () => {
  const text = 'a\u009b2J\u202eb\u001b[31m\r\u2028c';

  it('escapes unsafe characters in the JSON log without changing the parsed text', () => {
    let line = '';
    createLogger('info', { write: (written) => (line += written) }).info({ text }, text);
    expect(line).toMatch(/^[ -~]*\n$/);
    expect(JSON.parse(line)).toMatchObject({ text, msg: text });
  });

  it('escapes unsafe characters in the readable log', async () => {
    let lines = '';
    const readable = new Writable({
      write(chunk, _encoding, done) {
        lines += String(chunk);
        done();
      },
    });
    const log = createReadableLogger('info', readable);
    log.info({ text, nested: { text }, err: new Error(text) }, text);
    await eventually(() => {
      expect(lines).toContain('at ');
      return Promise.resolve();
    });
    expect(lines).toMatch(/^[ -~\n]*$/);
    const shown = String.raw`a\u009b2J\u202eb\u001b[31m\r\u2028c`;
    expect(lines).toContain(`: ${shown}`);
  });

  it('leaves the backslashes of a path and the lines of a stack unchanged in the readable log', async () => {
    let lines = '';
    const readable = new Writable({
      write(chunk, _encoding, done) {
        lines += String(chunk);
        done();
      },
    });
    createReadableLogger('info', readable).info({ err: new Error('C:\\u009b\\new') }, 'failed');
    await eventually(() => {
      expect(lines).toContain('at ');
      return Promise.resolve();
    });
    expect(lines).toContain('Error: C:\\u009b\\new\n');
  });
});
