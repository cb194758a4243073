import { createWalletSessions } from '../../src/core/wallet-sessions.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { aKey } from '../harness/domain.js';
import { freePort } from '../harness/free-port.js';
import { ORIGIN } from '../harness/sign-in-message.js';

const MINUTE = 60_000;

describe('an application whose Redis is down', () => {
  let store: OpenStore | undefined;
  afterEach(() => store?.close());

  it('rejects with SERVICE_UNAVAILABLE and the cause of the outage while Redis is down', async () => {
    const port = await freePort();
    let onRefused: (error: Error) => void = () => {};
    const refused = new Promise<Error>((resolve) => (onRefused = resolve));
    store = await openRedisStore({
      url: `redis://127.0.0.1:${port}`,
      nearCacheBound: 0,
      onError(error) {
        if (error.message.includes('ECONNREFUSED')) onRefused(error);
      },
    });
    const { message } = await refused;
    expect(message).toContain(`127.0.0.1:${port}`);
    const walletSessions = createWalletSessions({
      store,
      keys: [aKey('first')],
      origins: [ORIGIN],
    });
    await expect(walletSessions.signIn.createChallenge({}, {})).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      cause: { message: 'Redis cannot be reached', cause: { message } },
    });
    await walletSessions.close();
  });

  it('closes the Redis store of an application without waiting for Redis', async () => {
    store = await openRedisStore({
      url: `redis://127.0.0.1:${await freePort()}`,
      commandTimeout: 10 * MINUTE,
    });
    await store.close();
  });
});
