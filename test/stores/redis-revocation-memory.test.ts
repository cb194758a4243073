import { Redis } from 'ioredis';
import { createWalletSessions } from '../../src/core/wallet-sessions.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { aKey } from '../harness/domain.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { ownPrefix, PATIENT_TIMEOUT, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

describe('the revocations of a wallet in Redis', () => {
  it('uses less than 1,500 bytes of Redis for the few revocations of a wallet', async () => {
    const keyPrefix = ownPrefix();
    const client = new Redis(redisUrl());
    const { sessions, close } = createWalletSessions({
      store: await openRedisStore({ url: redisUrl(), keyPrefix, commandTimeout: PATIENT_TIMEOUT }),
      keys: [aKey('first')],
      origins: [ORIGIN],
    });
    const wallet = aWallet().account;
    const bytes: (number | null)[] = [];
    for (let ended = 1; ended <= 3; ended += 1) {
      const { session } = await sessions.create({ wallet, chainId: 'eip155:1' }, {});
      await sessions.revoke({
        wallet: session,
        sessionId: session.id,
        reason: 'LOGOUT',
        source: {},
      });
      const [stream = '', ...others] = await client.keys(`${keyPrefix}:*:revocations*`);
      expect(others).toEqual([]);
      expect(await client.xlen(stream)).toBe(ended);
      expect(await client.pttl(stream)).toBeGreaterThan(0);
      bytes.push(await client.memory('USAGE', stream));
    }
    expect(Math.max(...bytes.map((each) => each ?? Infinity))).toBeLessThan(1500);
    await close();
    await client.quit();
  });
});
