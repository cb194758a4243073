import { createCore, type Core } from '../../src/core/create-core.js';
import { WalletSessionsError } from '../../src/errors.js';
import type { AuditEvent } from '../../src/audit/events.js';
import { SWEEP_DELAY } from '../../src/lifecycle/expired-sessions.js';
import { DEFAULT_SESSION_POLICY, type SessionPolicy } from '../../src/sessions/policy.js';
import { NO_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { partitionOf } from '../../src/accounts/wallet.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../src/sign-in/policy.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { aKey } from '../harness/domain.js';
import { openTestStore, type TestStore } from '../harness/open-store.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SOURCE = { ipAddress: '203.0.113.7' };

describe.each(EVERY_STORE)('the audit of expired sessions on the %s store', (storeName) => {
  let clock: FakeClock;
  let opened: TestStore;
  let audited: AuditEvent[];
  let reported: unknown[];
  let services: Core;
  let others: Core;
  /** Whether the audit log can be written. */
  let isKept: boolean;

  beforeEach(async () => {
    clock = createFakeClock();
    opened = await openTestStore(storeName, clock);
    [audited, reported] = [[], []];
    isKept = true;
    [services, others] = [instance(opened.store), instance(opened.elsewhere)];
  });
  afterEach(async () => {
    await Promise.all([services.drain(), others.drain()]);
    await opened.close();
  });

  function instance(store: OpenStore, policy: Partial<SessionPolicy> = {}): Core {
    const unlessFull =
      <Args extends unknown[]>(append: (...args: Args) => Promise<void>) =>
      (...args: Args) =>
        isKept ? append(...args) : Promise.reject(new WalletSessionsError('SERVICE_UNAVAILABLE'));
    return createCore({
      store: {
        ...store,
        audit: {
          ...store.audit,
          append: unlessFull((...args) => store.audit.append(...args)),
          appendToWallet: unlessFull((...args) => store.audit.appendToWallet(...args)),
        },
      },
      keys: [aKey('first')],
      clock,
      sessions: { ...DEFAULT_SESSION_POLICY, limit: 2, ...policy },
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
      rateLimits: NO_RATE_LIMITS,
      audit: (event) => audited.push(event),
      report: (error) => reported.push(error),
    });
  }

  const create = (wallet = aWallet().account) =>
    services.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE);
  const sweepAll = () => Promise.all([services, others].map((each) => each.expirySweep.run()));
  const expiries = () =>
    audited.filter((event) => event.type === 'session.revoked' && event.reason === 'EXPIRED');

  it('audits an expired session once without any operation on it, with its wallet and the time of expiry', async () => {
    const { session } = await create();
    clock.advance(2 * HOUR);
    await sweepAll();
    expect(expiries()).toEqual([]);
    clock.advance(SWEEP_DELAY + MINUTE);
    await sweepAll();
    clock.advance(MINUTE);
    await sweepAll();
    const { wallet, id: sessionId, expiresAt } = session;
    const end = { wallet, sessionId, reason: 'EXPIRED', at: expiresAt, expiresAt };
    expect(expiries()).toMatchObject([end]);
    await Promise.all([services.auditLog.flush(), others.auditLog.flush()]);
    const { entries } = await services.auditLog.ofWallet(wallet);
    expect(entries.map(({ type, reason }) => [type, reason])).toEqual([
      ['session.revoked', 'EXPIRED'],
      ['session.created', undefined],
    ]);
    expect((await services.auditLog.ofEverybody(10)).entries).toHaveLength(2);
  });

  it('audits an expired session once, without a source, by the operation or sweep that notices it first', async () => {
    const wallet = aWallet().account;
    const noticed = await create(wallet);
    clock.advance(2 * HOUR);
    await create(wallet);
    const [expiry] = expiries();
    expect(expiry).toMatchObject({ sessionId: noticed.session.id, at: noticed.session.expiresAt });
    expect(expiry).not.toHaveProperty('source');
    const swept = await create();
    clock.advance(2 * HOUR + SWEEP_DELAY + MINUTE);
    await sweepAll();
    expect(expiries().map(({ at }) => at)).toContain(swept.session.expiresAt);
    const count = expiries().length;
    await create(swept.session.wallet);
    await create(wallet);
    expect(expiries()).toHaveLength(count);
  });

  it('audits an expired session when the session limit refuses a new one', async () => {
    const strict = instance(opened.store, { limit: 1, onLimit: 'refuse-new' });
    const wallet = aWallet().account;
    const { session } = await create(wallet);
    clock.advance(HOUR);
    await create(wallet);
    clock.advance(HOUR);
    const another = strict.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE);
    await expect(another).rejects.toMatchObject({ code: 'SESSION_LIMIT_REACHED' });
    expect(expiries()).toMatchObject([{ sessionId: session.id, at: session.expiresAt }]);
    await strict.drain();
  });

  it('collects no expired session while the audit log cannot be written, and audits it afterwards', async () => {
    const { session } = await create();
    await services.auditLog.flush();
    isKept = false;
    await create();
    clock.advance(2 * HOUR + SWEEP_DELAY + MINUTE);
    await services.expirySweep.run();
    expect(expiries()).toEqual([]);
    expect(reported).toHaveLength(1);
    expect(await services.sessions.list(session.wallet)).toEqual([]);
    isKept = true;
    clock.advance(MINUTE);
    expect(await services.auditLog.isIdle()).toBe(true);
    await services.expirySweep.run();
    expect(expiries()).toHaveLength(2);
  });

  it('audits the expiry of a tampered record by its partition, and the tampering as well', async () => {
    const { session } = await create();
    const partition = partitionOf(session.wallet);
    const { store } = opened;
    await store.sessions.touch(partition, session.id, Buffer.from('?'), session.authenticatedAt);
    clock.advance(2 * HOUR + SWEEP_DELAY + MINUTE);
    await sweepAll();
    const which = { sessionId: session.id, partition };
    expect(audited).toContainEqual(
      expect.objectContaining({ type: 'session.record-refused', ...which }),
    );
    expect(expiries()).toEqual([
      expect.objectContaining({ ...which, at: session.expiresAt, reason: 'EXPIRED' }),
    ]);
  });

  it('collects expired sessions once a minute on a running instance', async () => {
    const { session } = await create();
    clock.advance(2 * HOUR + SWEEP_DELAY + MINUTE);
    const swept = new Promise<void>((resolve) => {
      const push = audited.push.bind(audited);
      audited.push = (...events) => {
        resolve();
        return push(...events);
      };
    });
    services.expirySweep.start();
    clock.advance(MINUTE);
    await swept;
    expect(expiries()).toMatchObject([{ sessionId: session.id }]);
  });
});
