import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { createRevocationLog } from '../../src/stores/embedded/revocation-log.js';
import { startSweeping } from '../../src/stores/embedded/expiry.js';
import { openTables } from '../../src/stores/embedded/tables.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import { failingCalls, type FailingCalls } from '../harness/failing-calls.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const MINUTE = 60_000;

/** Lets pending work that waits for no timer complete. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the report option', () => {
  let clock: FakeClock;
  let calls: FailingCalls;
  let reported: unknown[];
  let walletSessions: WalletSessions;

  beforeEach(async () => {
    clock = createFakeClock();
    calls = failingCalls();
    reported = [];
    walletSessions = await embedWalletSessions(
      'embedded',
      { clock, report: (error) => reported.push(error) },
      (store) => calls.within(store),
    );
  });
  afterEach(() => walletSessions.close());

  const settled = async () => {
    await turn();
    await calls.settled();
    await turn();
  };

  it.each<[string, string, RegExp, () => Promise<() => Promise<void>>]>([
    [
      'writing the last-seen time of a session',
      'sessions.touch',
      /^When sessions were last seen could not be written/,
      async () => {
        const { accessToken } = await signInTo(walletSessions);
        return async () => {
          clock.advance(MINUTE);
          await walletSessions.sessions.validate(accessToken, {});
          await walletSessions.sessions.lastSeen.flush();
        };
      },
    ],
    [
      'expiring the sessions of a watched wallet',
      'sessions.expire',
      /^The sessions of a wallet that is watched could not be expired/,
      async () => {
        await walletSessions.sessions.watch(aWallet().account, () => {});
        return async () => {
          await walletSessions.sessions.watch(aWallet().account, () => {});
          await settled();
          clock.advance(1000);
        };
      },
    ],
    [
      'writing statistics',
      'statistics.add',
      /^Statistics could not be written/,
      () =>
        Promise.resolve(async () => {
          await signInTo(walletSessions);
          await walletSessions.statistics.flush();
        }),
    ],
    [
      'writing the audit log',
      'audit.append',
      /^The audit log could not be written/,
      () =>
        Promise.resolve(async () => {
          await signInTo(walletSessions);
          await walletSessions.auditLog.isIdle();
          clock.advance(1000);
          await walletSessions.auditLog.isIdle();
        }),
    ],
    [
      'collecting expired sessions',
      'expired.collect',
      /^Expired sessions could not be collected/,
      () =>
        Promise.resolve(async () => {
          clock.advance(MINUTE);
          await turn();
        }),
    ],
  ])(
    'reports only the first of consecutive failures of %s',
    async (_what, call, message, prepare) => {
      const act = await prepare();
      const failure = expect.objectContaining({
        message: expect.stringMatching(message) as string,
        cause: calls.failure,
      }) as Error;
      for (const rows of [1, 2]) {
        calls.fail(call);
        await act();
        await settled();
        await act();
        await settled();
        expect(reported).toEqual(Array.from({ length: rows }, () => failure));
        calls.recover();
        await act();
        await settled();
      }
    },
  );
});

describe('the sweep of the embedded store', () => {
  it('reports only the first of consecutive failures to sweep the embedded store', async () => {
    const directory = await temporaryDirectory();
    const tables = openTables(directory.path);
    const clock = createFakeClock();
    const failure = new Error('The disk is full.');
    let isFull = true;
    const { removeOld } = createRevocationLog(tables);
    const reported: Error[] = [];
    let swept = () => {};
    const stop = startSweeping(
      tables,
      {
        removeOld(now) {
          swept();
          if (isFull) throw failure;
          removeOld(now);
        },
      },
      clock,
      (error) => reported.push(error),
    );
    const sweep = async () => {
      const done = new Promise<void>((resolve) => (swept = resolve));
      clock.advance(MINUTE);
      await done;
      await tables.root.flushed;
      await turn();
    };
    for (isFull of [true, true, false, true]) await sweep();
    await stop();
    expect(reported).toHaveLength(2);
    expect(reported[0]).toMatchObject({
      message: expect.stringMatching(/^The embedded store could not remove/) as string,
      cause: { code: 'SERVICE_UNAVAILABLE', cause: failure },
    });
    await tables.root.close();
    await directory.remove();
  });
});
