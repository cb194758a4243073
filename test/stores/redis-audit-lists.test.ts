import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { redisKeys } from '../../src/stores/redis/keys.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import type { Partition } from '../../src/accounts/wallet.js';
import { aPartition } from '../harness/record.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { sealedEntry } from './contract/audit.js';

const HOUR = 60 * 60_000;
const RETENTION = { max: 40, age: 10 * HOUR, reserve: HOUR };
const NOW = Date.now();

describe('the audit list of a wallet in Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  let store: OpenStore;
  let partition: Partition;
  let list: string;

  beforeAll(async () => {
    server = await startRedisServer();
    admin = new Redis(server.url);
    store = await openRedisStore({ url: server.url, nearCacheBound: 0 });
  });

  afterAll(async () => {
    await store.close();
    admin.disconnect();
    await server.stop();
  });

  beforeEach(async () => {
    partition = aPartition();
    list = redisKeys('ws').auditOf(partition, 'history');
    await signIn();
  });

  const entryOf = (kind: string) => {
    const id = Buffer.concat([Buffer.from(kind), randomBytes(12 - kind.length)]);
    return Buffer.concat([sealedEntry(NOW, ''), id]);
  };
  const signIn = () =>
    store.audit.appendToWallet(partition, 'history', entryOf(''), RETENTION, NOW);
  const refresh = (kind: string, isExtended = false) => {
    const replacing = { kind: Buffer.from(kind), extends: isExtended };
    return store.audit.appendToWallet(
      partition,
      'history',
      entryOf(kind),
      RETENTION,
      NOW,
      replacing,
    );
  };

  it('takes one command for most refreshes, and removes replaced ones from time to time', async () => {
    await refresh('first');
    await admin.config('RESETSTAT');
    const lengths: number[] = [];
    for (let count = 0; count < 400; count += 1) {
      await refresh(count % 2 === 0 ? 'first' : 'other');
      lengths.push(await admin.llen(list));
    }
    const statistics = await admin.info('commandstats');
    const calls = (name: string) =>
      Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(statistics)?.[1] ?? 0);
    const compactions = calls('lrange');
    expect(compactions).toBeGreaterThan(0);
    expect(compactions).toBeLessThan(100);
    expect(calls('lpush')).toBe(400 + compactions);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(RETENTION.max * 1.125 + 1);
    expect(await store.audit.readWallet(partition)).toHaveLength(3);
  });

  it('removes replaced refreshes before it removes anything else', async () => {
    for (let count = 0; count < RETENTION.max - 2; count += 1) await signIn();
    for (let count = 0; count < 200; count += 1) await refresh('first');
    expect(await store.audit.readWallet(partition)).toHaveLength(RETENTION.max);
  });

  it('lives as long as its newest entry must be kept, with a reserve for refreshes that do not extend it', async () => {
    const most = RETENTION.age + RETENTION.reserve;
    await admin.pexpire(list, RETENTION.age);
    await refresh('first', true);
    expect(await admin.pttl(list)).toBeGreaterThan(RETENTION.age);
    expect(await admin.pttl(list)).toBeLessThanOrEqual(most);
  });

  it('lives for that time even if it was lost and a refresh begins it anew', async () => {
    await admin.del(list);
    await refresh('first');
    expect(await admin.pttl(list)).toBeGreaterThan(RETENTION.age);
  });
});
