import { Redis } from 'ioredis';
import type { AuditEvent } from '../../src/audit/events.js';
import type { SessionGrant } from '../../src/sessions/session.js';
import type { SessionRecord } from '../../src/sessions/record.js';
import { parseAccessToken } from '../../src/sessions/token.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { openRedisStore } from '../../src/stores/redis/open.js';
import { createWalletSessions, type WalletSessions } from '../../src/core/wallet-sessions.js';
import { signInTo } from '../harness/application.js';
import { aKey } from '../harness/domain.js';
import { NO_LIMIT } from '../harness/record.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { EVERY_STORE, ownPrefix, redisUrl, temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const HOUR = 60 * 60_000;

function withBitFlipped(bytes: Uint8Array, position: number, bit = 0): Buffer {
  const altered = Buffer.from(bytes);
  altered.writeUInt8(altered.readUInt8(position) ^ (1 << bit), position);
  return altered;
}

describe.each(EVERY_STORE)('tampering with the %s store', (storeName) => {
  const prefix = ownPrefix();
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let store: OpenStore;
  let walletSessions: WalletSessions;
  let audited: AuditEvent[];

  beforeEach(async () => {
    directory = await temporaryDirectory();
    store =
      storeName === 'Redis'
        ? await openRedisStore({ url: redisUrl(), keyPrefix: prefix })
        : openEmbeddedStore({ directory: directory.path });
    audited = [];
    walletSessions = createWalletSessions({
      store,
      keys: [aKey('first')],
      origins: [ORIGIN],
      audit: (event) => audited.push(event),
      nearCacheSize: 0,
    });
  });
  afterEach(async () => {
    await walletSessions.close();
    await directory.remove();
  });

  const placeOf = ({ accessToken }: SessionGrant) => {
    const { partition, sessionId: id } = parseAccessToken(accessToken) ?? {};
    if (partition === undefined || id === undefined) throw new Error('That is no access token.');
    return { partition, id };
  };
  const alarms = (type: AuditEvent['type']) => audited.filter((event) => event.type === type);
  const authenticate = ({ accessToken }: SessionGrant) =>
    walletSessions.sessions.authenticate(accessToken);

  async function recordOf(grant: SessionGrant): Promise<SessionRecord> {
    const { partition, id } = placeOf(grant);
    const record = await store.sessions.find(partition, id);
    if (record === undefined) throw new Error('There is no record.');
    return record;
  }

  /** Overwrites the record of the session. */
  async function overwrite(grant: SessionGrant, changed: Partial<SessionRecord>): Promise<void> {
    const altered = { ...(await recordOf(grant)), ...changed };
    await store.sessions.insert(placeOf(grant).partition, altered, NO_LIMIT, Date.now());
  }

  it.each<[string, (record: SessionRecord) => Partial<SessionRecord>]>([
    ['make it look older', ({ createdAt }) => ({ createdAt: createdAt - HOUR })],
    [
      'make its signature fresh',
      ({ authenticatedAt }) => ({ authenticatedAt: authenticatedAt + 1 }),
    ],
    [
      'postpone its absolute timeout',
      ({ absoluteExpiresAt }) => ({ absoluteExpiresAt: absoluteExpiresAt + HOUR }),
    ],
    [
      'let it live beyond its absolute timeout',
      ({ absoluteExpiresAt }) => ({ expiresAt: absoluteExpiresAt + 1 }),
    ],
  ])('refuses and audits a session whose record was altered to %s', async (_what, change) => {
    const grant = await signInTo(walletSessions);
    await overwrite(grant, change(await recordOf(grant)));
    expect(await authenticate(grant)).toBeUndefined();
    const { id: sessionId, partition } = placeOf(grant);
    expect(alarms('session.record-refused')).toEqual([
      expect.objectContaining({ sessionId, partition }),
    ]);
    expect(await walletSessions.sessions.list(grant.session)).toEqual([]);
    // Refused, or (of the idle timeout) set right.
    const refreshed = await walletSessions.sessions
      .refresh(grant.refreshToken, {})
      .catch(() => undefined);
    const { absoluteExpiresAt } = grant.session;
    expect(refreshed?.session.expiresAt ?? 0).toBeLessThanOrEqual(absoluteExpiresAt);
  });

  it('refuses a session with any altered bit in its encrypted details', async () => {
    const grant = await signInTo(walletSessions);
    const { details } = await recordOf(grant);
    for (let position = 0; position < details.byteLength; position += 1) {
      await overwrite(grant, { details: withBitFlipped(details, position, position % 8) });
      expect(await authenticate(grant)).toBeUndefined();
    }
    expect(alarms('session.record-refused')).toHaveLength(details.byteLength);
    await overwrite(grant, { details });
    expect(await authenticate(grant)).toEqual(grant.session);
  });

  it('refuses the record of a session at the place of another one, of the same or another wallet', async () => {
    const wallet = aWallet();
    const [victim, other] = [
      await signInTo(walletSessions, wallet),
      await signInTo(walletSessions, wallet),
    ];
    const thief = await signInTo(walletSessions);
    const stolen = await recordOf(victim);
    for (const grant of [thief, other]) {
      await overwrite(grant, { details: stolen.details });
      expect(await authenticate(grant)).toBeUndefined();
      const { accessHash, refreshHash } = await recordOf(grant);
      await overwrite(grant, { ...stolen, id: grant.session.id, accessHash, refreshHash });
      expect(await authenticate(grant)).toBeUndefined();
    }
    expect(alarms('session.record-refused')).toHaveLength(4);
    expect(await authenticate(victim)).toEqual(victim.session);
  });

  it('detects and audits altered and moved entries of the audit log', async () => {
    const grant = await signInTo(walletSessions);
    const thief = await signInTo(walletSessions);
    await walletSessions.auditLog.flush();
    const { partition } = placeOf(grant);
    const [sealed] = await store.audit.readWallet(partition);
    const [moved] = await store.audit.readWallet(placeOf(thief).partition);
    if (sealed === undefined || moved === undefined) throw new Error('There is no entry.');
    const kept = { max: 100, age: HOUR };
    for (const forged of [withBitFlipped(sealed, sealed.byteLength - 1), moved]) {
      await store.audit.appendToWallet(partition, 'history', forged, kept, Date.now());
    }

    const read = () => walletSessions.auditLog.ofWallet(grant.session);
    expect(await read()).toMatchObject({
      entries: [{ type: 'session.created', wallet: grant.session.wallet }],
      unreadable: 2,
    });
    await read();
    expect(alarms('audit-log.entry-refused')).toEqual([
      expect.objectContaining({ wallet: grant.session.wallet, count: 2 }),
    ]);
    await walletSessions.auditLog.flush();
    expect((await read()).entries.map(({ type }) => type)).toEqual([
      'audit-log.entry-refused',
      'session.created',
    ]);
  });

  it('shows an administrator the audit entries behind altered ones', async () => {
    const grant = await signInTo(walletSessions);
    await walletSessions.auditLog.flush();
    const { entries: before } = await walletSessions.auditLog.ofEverybody(10);
    const kept = { max: 100, age: HOUR };
    for (const forged of ['one', 'two', 'three']) {
      await store.audit.append('history', Buffer.from(forged), kept, Date.now());
    }
    const page = await walletSessions.auditLog.ofEverybody(3);
    expect(page).toMatchObject({ entries: [], unreadable: 3, hasMore: true });
    const next = await walletSessions.auditLog.ofEverybody(10, page.endCursor);
    expect(next.entries.map(({ entry }) => entry.id)).toEqual(before.map(({ entry }) => entry.id));
    expect(next.entries[0]?.entry.wallet).toBe(grant.session.wallet);
    expect(alarms('audit-log.entry-refused')).toEqual([expect.objectContaining({ count: 3 })]);
  });

  if (storeName !== 'Redis') return;

  it('refuses a Redis record with a flipped bit that alters more than the values that each refresh changes', async () => {
    const grant = await signInTo(walletSessions);
    const { partition, id } = placeOf(grant);
    const redis = new Redis(redisUrl());
    const name = `${prefix}:{${partition}}:session:${id}`;
    const packed = await redis.getBuffer(name);
    if (packed === null) throw new Error('There is no record.');
    const { absoluteExpiresAt } = grant.session;
    const accepted = [];
    for (let position = 0; position < packed.byteLength; position += 1) {
      await redis.set(name, withBitFlipped(packed, position, position % 8), 'KEEPTTL');
      const session = await authenticate(grant);
      if (session !== undefined) accepted.push(session);
    }
    // The idle timeout, within the absolute one, and the time and count of refreshes are not sealed: they change with
    // each refresh. Only the time that a socket has to present its new token depends on the latter.
    for (const { expiresAt, refreshFrom, generation, rotatedAt, ...session } of accepted) {
      expect([generation, rotatedAt]).toEqual([expect.any(Number), expect.any(Number)]);
      expect({ ...grant.session, ...session }).toEqual(grant.session);
      expect(Math.max(expiresAt, refreshFrom)).toBeLessThanOrEqual(absoluteExpiresAt);
    }
    expect(accepted.length).toBeLessThan(packed.byteLength / 3);
    await redis.set(name, packed, 'KEEPTTL');
    expect(await authenticate(grant)).toEqual(grant.session);
    await redis.quit();
  });
});
