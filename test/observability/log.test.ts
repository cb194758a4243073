import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createLogger } from '../../src/service/log.js';
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

  it('contains the message and not the arguments of the command', async () => {
    const error = await errorOf(redis.set('key', SECRET, 'PX', 'never' as unknown as number));

    // The error contains the secret.
    expect(JSON.stringify(error)).toContain(SECRET);
    expect(logged(error)).toContain('not an integer');
    expect(logged(error)).not.toContain(SECRET);
  });

  it('contains no arguments that Redis quotes from an unknown command', async () => {
    const password = 'correct horse';
    const error = await errorOf(redis.call('NOSUCHCOMMAND', 'default', password));

    expect(error.message).toContain(password);
    expect(logged(error)).toContain('unknown command');
    expect(logged(error)).not.toContain(password);
  });

  it('contains no arguments that the causes of the error quote', async () => {
    const cause = await errorOf(redis.call('NOSUCHCOMMAND', SECRET));

    const line = logged(new Error('failed', { cause }));
    expect(line).toContain('unknown command');
    expect(line).not.toContain(SECRET);
  });
});

it('the log does not contain the Redis password when AUTH is renamed', async () => {
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

it('the log accepts an error with a circular chain of causes', () => {
  const outer = new Error('The outer one.', { cause: new Error('The inner one.') });
  (outer.cause as Error).cause = outer;
  expect(logged(outer)).toContain('The inner one.');
});

it('the log writes a thrown string with its secrets redacted', () => {
  expect(logged(`refused ${SECRET}`)).toContain('refused [redacted]');
});
