import { openRedisStore } from '../../src/stores/redis/open.js';

describe('openRedisStore refuses', () => {
  it.each<[string, unknown]>([
    ['no URL', undefined],
    ['an empty one', ''],
    ['a host and a port', 'localhost:6379'],
    ['the URL of something else', 'http://localhost:6379'],
    ['a database that is no number', 'redis://localhost/notanumber'],
    ['a URL without a host', 'redis:user:hidden@localhost'],
    ['one of several', 'redis://localhost, http://localhost'],
    ['a password with a bare %', 'redis://:hidden%@localhost'],
  ])('%s, and says what it must be', async (_what, url) => {
    const opening = openRedisStore({ url: url as string });
    await expect(opening).rejects.toThrow(TypeError);
    await expect(opening).rejects.toThrow(/^url must be a redis:\/\/ or rediss:\/\/ URL/);
    await expect(opening).rejects.not.toThrow(/hidden/);
  });

  it('sentinels of no such URL', async () => {
    const opening = openRedisStore({ url: 'redis://mymaster', sentinels: 'localhost:26379' });
    await expect(opening).rejects.toThrow(/^sentinels must be a redis:\/\/ or/);
  });
});
