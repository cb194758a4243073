import { openRedisStore } from '../../src/stores/redis/open.js';

describe('openRedisStore', () => {
  it.each<[string, unknown]>([
    ['a missing URL', undefined],
    ['an empty URL', ''],
    ['a host and a port without a scheme', 'localhost:6379'],
    ['a URL with another scheme', 'http://localhost:6379'],
    ['a database that is not a number', 'redis://localhost/notanumber'],
    ['a URL without a host', 'redis:user:hidden@localhost'],
    ['a list with one wrong URL', 'redis://localhost, http://localhost'],
    ['a password with a bare %', 'redis://:hidden%@localhost'],
  ])(
    'rejects %s in openRedisStore and states the expected form without revealing the password',
    async (_what, url) => {
      const opening = openRedisStore({ url: url as string });
      await expect(opening).rejects.toThrow(TypeError);
      await expect(opening).rejects.toThrow(/^url must be a redis:\/\/ or rediss:\/\/ URL/);
      await expect(opening).rejects.not.toThrow(/hidden/);
    },
  );

  it('rejects sentinels that are not redis:// or rediss:// URLs', async () => {
    const opening = openRedisStore({ url: 'redis://mymaster', sentinels: 'localhost:26379' });
    await expect(opening).rejects.toThrow(/^sentinels must be a redis:\/\/ or/);
  });

  it.each([
    [
      { url: 'redis://mymaster', cluster: true, sentinels: 'redis://localhost:26379' },
      /^cluster and sentinels cannot both be set\./,
    ],
    [{ url: 'redis://one, redis://two' }, /^url names several servers: set cluster to true/],
    [
      { url: 'redis://localhost', certificateAuthority: 'PEM' },
      /^certificateAuthority needs url with rediss:\/\/: /,
    ],
  ])('rejects %j, whose parts do not go together', async (options, message) => {
    const opening = openRedisStore(options);
    await expect(opening).rejects.toThrow(TypeError);
    await expect(opening).rejects.toThrow(message);
  });
});
