import { Redis } from 'ioredis';
import { checkClock } from '../../src/stores/redis/checks/server.js';
import { redisUrl } from '../harness/stores.js';

describe('the check of the Redis clock', () => {
  let redis: Redis;
  beforeAll(() => {
    redis = new Redis(redisUrl());
  });
  afterAll(() => {
    redis.disconnect();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** The verdict when the local clock is off by `offset` milliseconds. */
  async function verdictAt(offset: number) {
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + offset);
    const { check, verdict, meaning } = await checkClock(redis);
    jest.restoreAllMocks();
    expect(check).toBe('clock');
    return { verdict, meaning };
  }

  it('reports ok when the clock of Redis agrees with the local clock', async () => {
    expect((await verdictAt(0)).verdict).toBe('ok');
  });

  it.each([
    [30_000, 'warning'],
    [-30_000, 'warning'],
    [300_000, 'problem'],
    [-300_000, 'problem'],
  ] as const)('reports a Redis clock that differs by %d ms as a %s', async (offset, verdict) => {
    const found = await verdictAt(offset);
    expect(found.verdict).toBe(verdict);
    expect(found.meaning).toMatch(/differ by \d+\.\d s/);
  });
});
