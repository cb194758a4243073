import { WalletSessionsError } from '../../src/errors.js';
import { observeStore } from '../../src/stores/open-store.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { createFakeClock } from '../harness/clock.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

describe('closed WalletSessions', () => {
  it('makes no store calls after close, whatever retries and subscriptions are pending', async () => {
    const clock = createFakeClock();
    const isFailing = new Set<string>();
    let called: string[] = [];
    const walletSessions = await embedWalletSessions(
      'embedded',
      { clock, report: () => {} },
      (store) =>
        observeStore(store, <Result>(call: string, run: () => Result) => {
          called.push(call);
          if (!isFailing.has(call)) return run();
          return Promise.reject(new WalletSessionsError('SERVICE_UNAVAILABLE')) as Result;
        }),
    );
    const [expiring, failing] = [aWallet(), aWallet()];
    const grant = await signInTo(walletSessions, expiring);
    await walletSessions.sessions.watch(expiring.account, () => {});
    isFailing.add('sessions.expire').add('statistics.add');
    await walletSessions.sessions.watch(failing.account, () => {});

    await walletSessions.close();
    expect(called).toEqual(expect.arrayContaining(['sessions.expire', 'statistics.add']));
    called = [];
    clock.advance(grant.session.absoluteExpiresAt - clock.now() + MINUTE);
    await new Promise((resolve) => setImmediate(resolve));
    expect(called).toEqual([]);
  });
});
