import { decryptEntry } from '../../src/audit/entry.js';
import { createAuditLog } from '../../src/audit/audit-log.js';
import { DEFAULT_AUDIT_LOG_POLICY } from '../../src/audit/policy.js';
import type { AuditEvent } from '../../src/audit/events.js';
import { createKeyRing } from '../../src/sessions/key-ring.js';
import type { SessionId } from '../../src/sessions/session.js';
import { partitionOf } from '../../src/accounts/wallet.js';
import { WalletSessionsError } from '../../src/errors.js';
import { aKey, openDomain, type TestDomain } from '../harness/domain.js';
import { aWallet } from '../harness/wallet.js';

const DAY = 24 * 60 * 60_000;
const SOURCE = { ipAddress: '203.0.113.7', userAgent: 'Agent/1.0', requestId: 'request-1' };

describe('the audit log', () => {
  let domain: TestDomain;
  const { account: wallet } = aWallet();
  const keys = createKeyRing([aKey('first')]);

  beforeEach(async () => {
    domain = await openDomain();
  });
  afterEach(() => domain.close());

  const create = () => domain.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE);
  const refused = (): AuditEvent => ({
    type: 'sign-in.refused',
    at: domain.clock.now(),
    wallet,
    reason: 'SIGNATURE_INVALID',
    source: SOURCE,
  });
  const history = async (of = domain) => {
    await of.auditLog.flush();
    return (await of.auditLog.ofWallet(wallet)).entries;
  };

  it('lists the audit events of a session, newest first, with the source of each request', async () => {
    const { session, refreshToken } = await create();
    domain.clock.advance(1);
    const refreshed = await domain.sessions.refresh(refreshToken, SOURCE);
    await domain.sessions.authenticate(refreshed.accessToken);
    domain.clock.advance(60_000);
    await expect(domain.sessions.refresh(refreshToken, SOURCE)).rejects.toThrow();
    const events = await history();
    expect(new Set(events.slice(0, 2).map(({ type }) => type))).toEqual(
      new Set(['session.revoked', 'session.token-reused']),
    );
    expect(events.slice(2).map(({ type }) => type)).toEqual([
      'session.refreshed',
      'session.created',
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ wallet, sessionId: session.id, source: SOURCE });
    }
    expect(events).toContainEqual(expect.objectContaining({ reason: 'TOKEN_REUSE' }));
  });

  it('keeps the audit history of a wallet however many sign-ins are refused', async () => {
    await create();
    await history();
    for (let count = 0; count < 200; count += 1) domain.auditLog.audit(refused());
    const events = await history();
    expect(events.filter(({ type }) => type === 'session.created')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'sign-in.refused')).toHaveLength(20);
  });

  it('keeps the audit history of a wallet however many refreshes follow, with only the newest refresh of each session', async () => {
    const grants = [await create(), await create()];
    for (let { refreshToken } of grants) {
      for (let count = 0; count < 300; count += 1) {
        domain.clock.advance(1);
        ({ refreshToken } = await domain.sessions.refresh(refreshToken, SOURCE));
      }
    }
    const events = await history();
    expect(events.map(({ type, sessionId }) => [type, sessionId])).toEqual([
      ['session.refreshed', grants[1]?.session.id],
      ['session.refreshed', grants[0]?.session.id],
      ...events.slice(2).map(({ sessionId }) => ['session.created', sessionId]),
    ]);
    expect(new Set(events.slice(2).map(({ sessionId }) => sessionId)).size).toBe(2);
    expect(events[0]?.at).toBe(domain.clock.now());
  });

  it('keeps one audit entry for an altered record, however often it is refused', async () => {
    const { session } = await create();
    for (let count = 0; count < 150; count += 1) {
      domain.auditLog.audit({
        type: 'session.record-refused',
        at: domain.clock.now(),
        partition: partitionOf(wallet),
        sessionId: session.id,
      });
    }
    expect((await history()).map(({ type }) => type).sort()).toEqual([
      'session.created',
      'session.record-refused',
    ]);
  });

  it('keeps no audit entries for a wallet that has never signed in', async () => {
    domain.auditLog.audit(refused());
    expect(await history()).toEqual([]);
  });

  it('names the session that logged another one out, itself out, or took its place at a sign-in', async () => {
    const [{ session: phone }, { session: laptop }] = [await create(), await create()];
    await domain.sessions.logout(laptop, phone.id, SOURCE);
    await domain.sessions.logout(laptop, laptop.id, SOURCE);
    const { session: replaced } = await create();
    const { session: newest } = await domain.sessions.create(
      { wallet, chainId: 'eip155:1', logoutOthers: true },
      SOURCE,
    );
    await domain.sessions.revoke({
      wallet,
      sessionId: newest.id,
      reason: 'LOGOUT',
      source: SOURCE,
    });
    const ended = (await history()).filter(({ type }) => type === 'session.revoked');
    const byOf = new Map(ended.map(({ sessionId, bySessionId }) => [sessionId, bySessionId]));
    expect(byOf).toEqual(
      new Map([
        [phone.id, laptop.id],
        [laptop.id, laptop.id],
        [replaced.id, newest.id],
        [newest.id, undefined],
      ]),
    );
  });

  it('hides from the owner of a wallet which administrator ended a session', async () => {
    const { session } = await create();
    const actor = { wallet: aWallet().account, id: 'A'.repeat(20) as SessionId };
    await domain.sessions.revoke({
      wallet,
      sessionId: session.id,
      reason: 'ADMIN',
      source: SOURCE,
      actor,
    });
    const [ended] = (await history()).filter(({ type }) => type === 'session.revoked');
    expect(ended).toMatchObject({ reason: 'ADMIN', actor: undefined });
    expect(ended?.source.ipAddress).toBeUndefined();
    const { entries } = await domain.auditLog.ofEverybody(10);
    expect(entries.map(({ entry }) => entry)).toContainEqual(
      expect.objectContaining({ id: ended?.id, actor, source: SOURCE }),
    );
  });

  it('stores each audit entry encrypted and bound to its place', async () => {
    await create();
    await history();
    const partition = partitionOf(wallet);
    const [sealed] = await domain.store.audit.readWallet(partition);
    if (sealed === undefined) throw new Error('no entry');
    const text = Buffer.from(sealed).toString('latin1');
    for (const clear of [wallet, wallet.slice(2).toLowerCase(), 'Agent/1.0', '203.0.113.7']) {
      expect(text).not.toContain(clear);
    }
    expect(decryptEntry(keys, partition, sealed, wallet)).toMatchObject({ wallet, source: SOURCE });
    expect(decryptEntry(keys, 'everybody', sealed)).toBeUndefined();
    expect(decryptEntry(keys, partitionOf(aWallet().account), sealed)).toBeUndefined();
    for (const position of [0, 12, 20, sealed.length - 1]) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(position) ^ 1, position);
      expect(decryptEntry(keys, partition, altered, wallet)).toBeUndefined();
    }
  });

  it('decrypts audit entries with old keys after a key rotation', async () => {
    await create();
    await history();
    const rotated = domain.withKeys([aKey('second'), aKey('first')]);
    expect((await rotated.auditLog.ofWallet(wallet)).entries).toHaveLength(1);
  });

  it('removes audit entries after the retention time', async () => {
    await create();
    await history();
    domain.clock.advance(30 * DAY);
    expect(await history()).toEqual([]);
    expect((await domain.auditLog.ofEverybody(10)).entries).toEqual([]);
  });

  describe('an outage of the store', () => {
    const openFrail = () => {
      let down = true;
      const reported: unknown[] = [];
      const { audit } = domain.store;
      const orFail =
        <Arguments extends unknown[]>(append: (...args: Arguments) => Promise<void>) =>
        (...args: Arguments) =>
          down ? Promise.reject(new WalletSessionsError('SERVICE_UNAVAILABLE')) : append(...args);
      const log = createAuditLog({
        store: {
          ...audit,
          append: orFail(audit.append),
          appendToWallet: orFail(audit.appendToWallet),
        },
        keys,
        policy: DEFAULT_AUDIT_LOG_POLICY,
        clock: domain.clock,
        timeout: 7_200_000,
        report: (error) => reported.push(error),
        alarm: () => {},
      });
      const event: AuditEvent = {
        type: 'session.reauthenticated',
        at: domain.clock.now(),
        wallet,
        sessionId: 'B'.repeat(20) as SessionId,
      };
      return { log, event, reported, fail: () => (down = true), recover: () => (down = false) };
    };

    it('keeps audit entries during an outage of the store and writes them afterwards', async () => {
      const { log, event, recover } = openFrail();
      log.audit(event);
      await log.isIdle();
      recover();
      await log.flush();
      expect((await log.ofWallet(wallet)).entries).toMatchObject([
        { type: 'session.reauthenticated' },
      ]);
    });

    it('reports only the first of consecutive failures to write the audit log, and again after a recovery', async () => {
      const { log, event, reported, fail, recover } = openFrail();
      const failOnce = async () => {
        log.audit(event);
        expect(await log.isIdle()).toBe(false);
        domain.clock.advance(1000);
        expect(await log.isIdle()).toBe(false);
        recover();
        await log.flush();
      };
      await failOnce();
      fail();
      await failOnce();
      const failure = expect.objectContaining({
        message: expect.stringMatching(/^The audit log could not be written/) as string,
        cause: new WalletSessionsError('SERVICE_UNAVAILABLE'),
      }) as Error;
      expect(reported).toEqual([failure, failure]);
    });

    it('reports the number of audit entries that are lost', async () => {
      const { log, event, reported } = openFrail();
      log.audit(event);
      await log.flush();
      expect(reported.slice(1).map(String)).toEqual([
        'Error: 2 entries of the audit log were lost: they could not be written.',
      ]);
    });
  });
});
