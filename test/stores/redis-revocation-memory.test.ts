import { Redis } from 'ioredis';
import { createWalletSessions } from '../../src/core/wallet-sessions.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { aPartition, aRecord, NO_LIMIT } from '../harness/record.js';
import { aKey } from '../harness/domain.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { ownPrefix, PATIENT_TIMEOUT, redisUrl } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

describe('the revocations of a wallet in Redis', () => {
  it('uses less than 400 bytes of Redis for the few revocations of a wallet', async () => {
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
      const [list = '', ...others] = await client.keys(`${keyPrefix}:*:revocations*`);
      expect(others).toEqual([]);
      expect(await client.llen(list)).toBe(ended);
      expect(await client.pttl(list)).toBeGreaterThan(0);
      bytes.push(await client.memory('USAGE', list));
    }
    expect(Math.max(...bytes.map((each) => each ?? Infinity))).toBeLessThan(400);
    await close();
    await client.quit();
  });

  it('keeps about a thousand revocations of a wallet', async () => {
    const keyPrefix = ownPrefix();
    const store = await openRedisStore({
      url: redisUrl(),
      keyPrefix,
      commandTimeout: PATIENT_TIMEOUT,
    });
    const partition = aPartition();
    const now = Date.now();
    const records = Array.from({ length: 1300 }, () => aRecord(now));
    await Promise.all(
      records.map((record) => store.sessions.insert(partition, record, NO_LIMIT, now)),
    );
    for (let first = 0; first < records.length; first += 65) {
      const these = records.slice(first, first + 65).map(({ id }) => id);
      await store.sessions.revoke(partition, { these }, 'LOGOUT', now);
    }
    const heard: string[] = [];
    const watch = await store.revocations.watch(
      partition,
      ({ sessionId }) => heard.push(sessionId),
      '0-0',
    );
    watch.stop();
    expect(heard.length).toBeGreaterThanOrEqual(1000);
    expect(heard.length).toBeLessThan(1200);
    expect(new Set(heard.slice(-65))).toEqual(new Set(records.slice(-65).map(({ id }) => id)));
    await store.close();
  });
});
