import { Redis } from 'ioredis';
import { createConfirmations } from '../../src/stores/redis/events/confirmations.js';
import { redisKeys } from '../../src/stores/redis/keys.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { scripts } from '../../src/stores/redis/scripts/index.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { hashNonce, newNonce } from '../../src/sign-in/challenge.js';
import { eventually } from '../harness/eventually.js';
import { aPartition, aRecord, aRotation, NO_LIMIT } from '../harness/record.js';
import { sealedEntry } from './contract/audit.js';
import { startRedisServer } from '../harness/redis-server.js';

const HOUR = 60 * 60_000;

/** Runs every script, in the ways in which it needs other keys. */
async function useEveryScript(store: OpenStore, admin: Redis): Promise<void> {
  const { sessions, audit, challenges, statistics, scanner, expired } = store;
  const [partition, now] = [aPartition(), Date.now()];
  const insert = async (room: Parameters<typeof sessions.insert>[2], expiresAt = now + HOUR) => {
    const record = aRecord(now, { expiresAt });
    await sessions.insert(partition, record, room, now);
    return record;
  };
  await insert(NO_LIMIT);
  await insert(NO_LIMIT, now - 1);
  await insert({ max: 1, onLimit: 'evict-soonest-expiring' });
  const kept = await insert('end-others');
  const other = await insert(NO_LIMIT);
  await sessions.list(partition, now);
  await sessions.listPage(partition, { first: 1 }, now);
  await sessions.markUsed(partition, kept.id, 0);
  const rotated = await sessions.rotate(partition, kept.id, aRotation(kept), now);
  expect(rotated.kind).toBe('rotated');
  await sessions.touch(partition, kept.id, Buffer.from('seen'), kept.authenticatedAt);
  await scanner.replaceDetails(partition, kept.id, Buffer.from('seen'), Buffer.from('again'));
  const details = Buffer.from('signed');
  await sessions.reauthenticate(partition, kept.id, details, kept.authenticatedAt, now + 1);
  const authority = {
    session: kept.id,
    authenticatedAt: now + 1,
    freshAfter: now + HOUR,
    onProtected: 'refuse',
  } as const;
  await sessions.revoke(partition, { allBut: kept.id }, 'LOGOUT_ALL', now, authority);
  await sessions.revoke(partition, { these: [other.id, kept.id] }, 'LOGOUT', now, authority);
  const reused = await insert(NO_LIMIT);
  await sessions.rotate(partition, reused.id, aRotation(reused, { grace: 0 }), now);
  const again = await sessions.rotate(partition, reused.id, aRotation(reused, { grace: 0 }), now);
  expect(again.kind).toBe('reused');

  await insert(NO_LIMIT, now - HOUR);
  await sessions.expire(partition, now);
  await insert(NO_LIMIT, now - HOUR);
  await eventually(async () => {
    expect(await admin.keys('ws:{expiring:*}:*')).not.toEqual([]);
  });
  const collected: unknown[] = [];
  for await (const batch of expired.collect(now)) collected.push(...batch);
  expect(collected).not.toEqual([]);
  const index = await insert(NO_LIMIT).then(() => redisKeys('ws').index(partition));
  await admin.del(index);
  await admin.set(index, 'overwritten');
  await expect(sessions.list(partition, now)).rejects.toThrow();
  await eventually(async () => {
    expect([...(await sessions.list(partition, now))]).not.toEqual([]);
  });

  (await store.revocations.watch(partition, () => undefined, '0-0')).stop();

  const retention = { max: 10, age: HOUR };
  const sealed = sealedEntry(now, 'session1 refreshed');
  const refresh = { kind: Buffer.from('session1'), extends: true };
  await audit.appendToWallet(partition, 'history', sealed, retention, now, refresh);
  await audit.appendToWallet(partition, 'attempts', sealed, retention, now);
  await audit.append('activity', sealed, retention, now);
  await audit.read(10);
  await audit.readAfter(10);
  const nonce = hashNonce(newNonce());
  await challenges.put(nonce, { issuedAt: now, expiresAt: now + HOUR }, now);
  await challenges.take(nonce);
  await statistics.add(now - (now % HOUR), new Map([['signIns', 1]]), [partition], now);
  const confirmations = createConfirmations({
    client: admin.duplicate(),
    keys: redisKeys('ws'),
    replicas: 0,
    timeout: 1000,
    onError: () => undefined,
  });
  await confirmations.confirm(partition, [
    { cursor: '1-0', sessionId: kept.id, reason: 'LOGOUT', revokedAt: now },
  ]);
  confirmations.close();
}

/** Returns the name of a script by its digest, or by its source as MONITOR shows it, which escapes some characters. */
async function namesOfScripts(admin: Redis): Promise<(shown: string) => string> {
  const names = new Map<string, string>();
  for (const [name, lua] of Object.entries(scripts)) {
    names.set((await admin.script('LOAD', lua)) as string, name);
    names.set(lua.slice(0, lua.indexOf('\n')), name);
  }
  await admin.script('FLUSH');
  return (shown) => names.get(shown.split('\\n', 1)[0] ?? '') ?? shown.slice(0, 100);
}

describe('the Lua scripts', () => {
  it('access only keys that their call declares, as Dragonfly and some managed services require', async () => {
    const server = await startRedisServer();
    const admin = new Redis(server.url);
    const monitor = await admin.monitor();
    const nameOf = await namesOfScripts(admin);
    const run = new Set<string>();
    const undeclared: string[] = [];
    let declared: readonly string[] = [];
    monitor.on('monitor', (_time: string, [command = '', ...args]: string[], from: string) => {
      if (from !== 'lua') {
        if (!/^eval(sha)?$/i.test(command)) return;
        const [script = '', count = '0', ...rest] = args;
        declared = rest.slice(0, Number(count));
        run.add(nameOf(script));
        return;
      }
      for (const arg of args) {
        if (arg.startsWith('ws:') && !declared.includes(arg)) undeclared.push(`${command} ${arg}`);
      }
    });
    const store = await openRedisStore({ url: server.url });
    await useEveryScript(store, admin);
    await store.close();

    await eventually(async () => {
      await Promise.resolve();
      expect([...run].sort()).toEqual(Object.keys(scripts).sort());
    });
    expect(undeclared).toEqual([]);
    monitor.disconnect();
    admin.disconnect();
    await server.stop();
  });
});
