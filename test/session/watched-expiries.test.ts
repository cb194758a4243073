import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import type { AuditEvent } from '../../src/audit/events.js';
import { EXPIRED_AT_ONCE } from '../../src/sessions/store.js';
import type { SessionGrant } from '../../src/sessions/session.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { eventually } from '../harness/eventually.js';
import { failingCalls, type FailingCalls } from '../harness/failing-calls.js';
import { aWallet } from '../harness/wallet.js';

const HOUR = 60 * 60_000;

describe('expiries of a watched wallet', () => {
  const wallet = aWallet();
  let clock: FakeClock;
  let calls: FailingCalls;
  let walletSessions: WalletSessions;
  let heard: string[];
  let audited: AuditEvent[];

  beforeEach(async () => {
    clock = createFakeClock();
    calls = failingCalls();
    heard = [];
    audited = [];
    walletSessions = await embedWalletSessions(
      'embedded',
      { clock, sessions: { limit: 0 }, audit: (event) => audited.push(event) },
      (store) => calls.within(store),
    );
  });
  afterEach(() => walletSessions.close());

  const watch = () =>
    walletSessions.sessions.watch(wallet.account, ({ sessionId, reason }) => {
      heard.push(`${sessionId} ${reason}`);
    });
  const signIn = () => signInTo(walletSessions, wallet);
  const expiryOf = ({ session }: SessionGrant) => `${session.id} EXPIRED`;

  /** Lets pending store calls and what waits for them complete. */
  const settled = async () => {
    await calls.settled();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const pass = async (milliseconds: number) => {
    await settled();
    clock.advance(milliseconds);
    await settled();
  };

  it('notifies a listener that started before the sign-in when the session expires', async () => {
    await watch();
    await pass(HOUR);
    const grant = await signIn();
    await pass(HOUR);
    expect(heard).toEqual([]);
    await pass(HOUR);
    expect(heard).toEqual([expiryOf(grant)]);
  });

  it('notifies a listener of the expiry of a session that began after the last one expired', async () => {
    const first = await signIn();
    await watch();
    await pass(2 * HOUR);
    const second = await signIn();
    await watch();
    heard = [];
    await pass(2 * HOUR);
    expect(first.session.id).not.toBe(second.session.id);
    expect(heard).toEqual([expiryOf(second), expiryOf(second)]);
  });

  it('notifies a listener and the audit log of each of many sessions that expire at once', async () => {
    const count = 2 * EXPIRED_AT_ONCE + 1;
    const { sessions } = walletSessions;
    const expected: string[] = [];
    for (let number = 0; number < count; number += 1) {
      const grant = await sessions.create({ wallet: wallet.account, chainId: 'eip155:1' }, {});
      expected.push(expiryOf(grant));
    }
    await watch();
    await pass(2 * HOUR);
    await eventually(async () => {
      await settled();
      expect(heard).toHaveLength(count);
    });
    expect(heard.sort()).toEqual(expected.sort());
    expect(audited.filter(({ type }) => type === 'session.revoked')).toHaveLength(count);
  });
});
