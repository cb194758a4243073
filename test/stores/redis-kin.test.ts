import type { Redis } from 'ioredis';
import { checkVersion } from '../../src/stores/redis/checks/server.js';

/** A server that answers `INFO server` with the given fields. */
const serverWith = (fields: Record<string, string>): Redis => {
  const lines = Object.entries(fields).map(([name, value]) => `${name}:${value}`);
  return { info: () => Promise.resolve(lines.join('\r\n')) } as unknown as Redis;
};

describe('a server that speaks the protocol of Redis', () => {
  it.each([
    ['Valkey', { redis_version: '7.2.4', server_name: 'valkey', valkey_version: '8.1.0' }, 'ok'],
    ['Dragonfly', { redis_version: '7.4.0', dragonfly_version: 'df-v1.30.0' }, 'warning'],
    ['Garnet', { redis_version: '7.4.3', garnet_version: '1.0.60' }, 'warning'],
    ['KeyDB', { redis_version: '6.3.4', executable: '/data/keydb-server' }, 'warning'],
    ['Redis', { redis_version: '7.4.0' }, 'ok'],
  ])('is named %s by the doctor, which says what it lacks', async (name, fields, verdict) => {
    const finding = await checkVersion(serverWith(fields));
    expect(finding.verdict).toBe(verdict);
    expect(finding.meaning).toMatch(new RegExp(`^${name} `));
  });
});
