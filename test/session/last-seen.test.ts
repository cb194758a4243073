import { WalletSessionsError } from '../../src/errors.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';

const MINUTE = 60_000;

describe('the last-seen time of a session', () => {
  let clock: FakeClock;
  let walletSessions: WalletSessions;
  let isFull: boolean;
  let attempts: number;

  beforeEach(async () => {
    clock = createFakeClock();
    [isFull, attempts] = [false, 0];
    walletSessions = await embedWalletSessions(
      'embedded',
      { clock, report: () => {} },
      (store) => ({
        ...store,
        sessions: {
          ...store.sessions,
          touch(...args) {
            attempts += 1;
            if (isFull) return Promise.reject(new WalletSessionsError('SERVICE_UNAVAILABLE'));
            return store.sessions.touch(...args);
          },
        },
      }),
    );
  });
  afterEach(() => walletSessions.close());

  it('tries to write a last-seen time once a minute, however many requests find it old while the store refuses it', async () => {
    const grants = [await signInTo(walletSessions), await signInTo(walletSessions)];
    const use = async () => {
      for (const { accessToken } of grants) {
        expect(await walletSessions.sessions.validate(accessToken, {})).toBeDefined();
      }
      await walletSessions.sessions.lastSeen.flush();
    };
    const useOften = async () => {
      for (let count = 0; count < 5; count += 1) await use();
    };

    clock.advance(MINUTE);
    isFull = true;
    await useOften();
    expect(attempts).toBe(2);
    clock.advance(MINUTE - 1);
    await useOften();
    expect(attempts).toBe(2);
    clock.advance(1);
    await useOften();
    expect(attempts).toBe(4);

    isFull = false;
    clock.advance(MINUTE);
    await useOften();
    expect(attempts).toBe(6);
    const { session, accessToken } = grants[0] as (typeof grants)[0];
    expect(await walletSessions.sessions.validate(accessToken, {})).toMatchObject({
      id: session.id,
      lastSeenAt: clock.now(),
    });
  });
});
