import type { AuditEvent } from '../../src/audit/events.js';
import { createCore, type Core } from '../../src/core/create-core.js';
import { WalletSessionsError } from '../../src/errors.js';
import { NO_RATE_LIMITS } from '../../src/rate-limits/rate-limits.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { newSessionId, type SessionGrant } from '../../src/sessions/session.js';
import { REVOKED_AT_ONCE } from '../../src/sessions/store.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../src/sign-in/policy.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { partitionOf } from '../../src/accounts/wallet.js';
import { aKey } from '../harness/domain.js';
import { eventually } from '../harness/eventually.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { temporaryDirectory } from '../harness/stores.js';
import { SOURCE } from '../harness/wallet-under-test.js';
import { aWallet } from '../harness/wallet.js';

const UNAVAILABLE = new WalletSessionsError('SERVICE_UNAVAILABLE');

/** A store can lose a command that it did not answer. This one runs no command while it is away. */
describe('a revocation that the store did not answer', () => {
  const { account: wallet } = aWallet();
  let clock: FakeClock;
  /** The same sessions, as another instance reaches them. */
  let elsewhere: OpenStore['sessions'];
  let core: Core;
  let isAway: boolean;
  let attempts: number;
  let audited: AuditEvent[];
  let reported: unknown[];
  let clean: () => Promise<void>;

  beforeEach(async () => {
    const directory = await temporaryDirectory();
    clock = createFakeClock();
    [isAway, attempts, audited, reported] = [false, 0, [], []];
    const opened = openEmbeddedStore({ directory: directory.path, clock });
    const revoke: OpenStore['sessions']['revoke'] = (...args) => {
      attempts += 1;
      return isAway ? Promise.reject(UNAVAILABLE) : opened.sessions.revoke(...args);
    };
    elsewhere = opened.sessions;
    core = createCore({
      store: { ...opened, sessions: { ...opened.sessions, revoke } },
      keys: [aKey('first')],
      clock,
      sessions: { ...DEFAULT_SESSION_POLICY, limit: 0 },
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
      // An operator may have turned them off, and they need the store.
      rateLimits: NO_RATE_LIMITS,
      audit: (event) => audited.push(event),
      report: (error) => reported.push(error),
    });
    clean = async () => {
      await core.drain();
      await opened.close();
      await directory.remove();
    };
  });
  afterEach(() => clean());

  const create = () => core.sessions.create({ wallet, chainId: 'eip155:1' }, SOURCE);
  const active = async () => (await core.sessions.list(wallet)).map(({ id }) => id).sort();
  const idsOf = (grants: readonly SessionGrant[]) => grants.map(({ session }) => session.id).sort();
  const endings = () =>
    audited.flatMap((event) => (event.type === 'session.revoked' ? [event] : []));

  async function refused(end: () => Promise<unknown>): Promise<void> {
    isAway = true;
    await expect(end()).rejects.toBe(UNAVAILABLE);
  }

  /** Resolves when the waiting revocations have been tried once more. */
  async function tryAgain(): Promise<void> {
    const before = attempts;
    await eventually(() => {
      clock.advance(1000);
      return attempts > before ? Promise.resolve() : Promise.reject(new Error('Not tried yet.'));
    });
  }

  it('repeats an unanswered revocation until the store answers, and then audits it once with its source', async () => {
    const [ended, kept] = [await create(), await create()];
    await refused(() => core.sessions.logout(ended.session, ended.session.id, SOURCE));
    await tryAgain();
    await tryAgain();
    expect(await active()).toEqual(idsOf([ended, kept]));
    isAway = false;
    await tryAgain();
    await eventually(async () => {
      expect(await active()).toEqual(idsOf([kept]));
    });
    expect(endings()).toEqual([
      expect.objectContaining({ sessionId: ended.session.id, reason: 'LOGOUT', source: SOURCE }),
    ]);
    expect(reported).toHaveLength(1);
  });

  it('repeats an unanswered revocation only once at a time, however often it was requested', async () => {
    const { session } = await create();
    for (let count = 0; count < 20; count += 1) {
      await refused(() => core.sessions.logout(session, session.id, SOURCE));
    }
    await tryAgain();
    const before = attempts;
    await tryAgain();
    expect(attempts).toBe(before + 1);
  });

  it('spares sessions that begin after an unanswered revocation was requested', async () => {
    const old = [await create(), await create()] as const;
    await refused(() => core.sessions.logoutAll(old[0].session, {}, SOURCE));
    clock.advance(1);
    const later = await create();
    isAway = false;
    await tryAgain();
    await eventually(async () => {
      expect(await active()).toEqual(idsOf([later]));
    });
  });

  it('drops an unanswered revocation if the session that requested it has ended meanwhile', async () => {
    const [thief, owner] = [await create(), await create()];
    await refused(() => core.sessions.logoutAll(thief.session, {}, SOURCE));
    await elsewhere.revoke(
      partitionOf(wallet),
      { these: [thief.session.id] },
      'LOGOUT',
      clock.now(),
    );
    isAway = false;
    await tryAgain();
    await core.drain();
    expect(await active()).toEqual(idsOf([owner]));
  });

  it('repeats a revocation of the owner although a thief has requested the same one after it', async () => {
    const thief = await create();
    clock.advance(DEFAULT_SESSION_POLICY.freshWindow);
    const owner = await create();
    await refused(() => core.sessions.logoutAll(owner.session, {}, SOURCE));
    await refused(() => core.sessions.logoutAll(thief.session, {}, SOURCE));
    isAway = false;
    await tryAgain();
    await eventually(async () => {
      expect(await active()).toEqual([]);
    });
    expect(endings().map(({ bySessionId }) => bySessionId)).toEqual(
      Array(2).fill(owner.session.id),
    );
  });

  it('repeats a revocation of a fresh session although it has requested the same one when no longer fresh', async () => {
    const owner = await create();
    clock.advance(1);
    await create();
    await refused(() => core.sessions.logoutAll(owner.session, {}, SOURCE));
    clock.advance(DEFAULT_SESSION_POLICY.freshWindow);
    await refused(() => core.sessions.logoutAll(owner.session, {}, SOURCE));
    isAway = false;
    await tryAgain();
    await eventually(async () => {
      expect(await active()).toEqual([]);
    });
  });

  it('repeats a revocation by the application although a thief has requested the same one after it', async () => {
    const thief = await create();
    clock.advance(DEFAULT_SESSION_POLICY.freshWindow);
    await create();
    const all = { wallet, reason: 'LOGOUT_ALL', source: SOURCE } as const;
    await refused(() => core.sessions.revokeAll(all));
    await refused(() => core.sessions.logoutAll(thief.session, {}, SOURCE));
    isAway = false;
    await tryAgain();
    await eventually(async () => {
      expect(await active()).toEqual([]);
    });
  });

  it('repeats a revocation of the owner however many others a thief has requested before it', async () => {
    const [thief, owner] = [await create(), await create()];
    isAway = true;
    const ids = Array.from({ length: 10_500 }, () => newSessionId(clock.now()));
    const asked = ids.map((id) => core.sessions.logout(thief.session, id, SOURCE));
    await Promise.allSettled(asked);
    await refused(() => core.sessions.logoutAll(owner.session, {}, SOURCE));
    isAway = false;
    await tryAgain();
    await eventually(async () => {
      expect(await active()).toEqual([]);
    });
  });

  it('repeats an unanswered revocation once more when the instance stops', async () => {
    const { session } = await create();
    await refused(() => core.sessions.logout(session, session.id, SOURCE));
    isAway = false;
    await core.drain();
    expect(await active()).toEqual([]);
  });

  it('repeats all steps of an unanswered revocation when the instance stops', async () => {
    const { session } = await create();
    for (let count = 0; count < REVOKED_AT_ONCE; count += 1) await create();
    await refused(() => core.sessions.logoutAll(session, {}, SOURCE));
    isAway = false;
    await core.drain();
    expect(await active()).toEqual([]);
    expect(reported).toEqual([]);
  });
});
