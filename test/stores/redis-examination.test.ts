import { Redis } from 'ioredis';
import { examineClock } from '../../src/stores/redis/examination/server.js';
import { redisUrl } from '../harness/stores.js';

describe('the examination of the clock of Redis', () => {
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

  /** With the clock of this machine off by so many milliseconds. */
  async function verdictAt(offset: number) {
    const { now } = Date;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + offset);
    const { check, verdict, meaning } = await examineClock(redis);
    jest.restoreAllMocks();
    expect(check).toBe('clock');
    return { verdict, meaning };
  }

  it('finds nothing wrong where both agree', async () => {
    expect((await verdictAt(0)).verdict).toBe('ok');
  });

  it.each([
    [30_000, 'warning'],
    [-30_000, 'warning'],
    [300_000, 'problem'],
    [-300_000, 'problem'],
  ] as const)('says by how much they disagree: %d ms is a %s', async (offset, verdict) => {
    const found = await verdictAt(offset);
    expect(found.verdict).toBe(verdict);
    expect(found.meaning).toMatch(/disagree on the time by \d+\.\d s/);
  });
});
