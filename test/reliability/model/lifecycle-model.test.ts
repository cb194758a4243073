import fc from 'fast-check';
import { NO_RATE_LIMITS } from '../../../src/rate-limits/rate-limits.js';
import type { AccountId } from '../../../src/accounts/account-id.js';
import { partitionOf } from '../../../src/accounts/wallet.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../../src/sign-in/policy.js';
import { createCore } from '../../../src/core/create-core.js';
import { createFakeClock } from '../../harness/clock.js';
import { aKey } from '../../harness/domain.js';
import { eventually } from '../../harness/eventually.js';
import { openTestStore, type TestStore } from '../../harness/open-store.js';
import { ORIGIN } from '../../harness/sign-in-message.js';
import { EVERY_DEPLOYMENT } from '../../harness/stores.js';
import { anAccount } from '../../harness/wallet.js';
import { anyCommand } from './commands.js';
import { POLICY, type Model, type Real } from './model.js';

const RUNS = 25;

/** A model and a service with two new wallets. */
function begin({ store }: TestStore, clock: Real['clock']) {
  const { sessions, drain } = createCore({
    store,
    keys: [aKey('model')],
    clock,
    sessions: POLICY,
    signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
    rateLimits: NO_RATE_LIMITS,
    audit: () => undefined,
    report: (error) => {
      throw error;
    },
  });
  const wallets = [anAccount(), anAccount()];
  const model: Model = { wallets, now: clock.now(), sessions: [], told: [] };
  const real: Real = { sessions, store, clock };
  return { model, real, drain };
}

describe.each(EVERY_DEPLOYMENT)('the session lifecycle on the %s store', (name) => {
  const clock = createFakeClock();
  let opened: TestStore;
  beforeAll(async () => {
    // No timer fires: the sweep of the embedded store would end expired sessions between commands.
    const silent = { now: () => clock.now(), schedule: () => () => {} };
    opened = await openTestStore(name, silent);
  });
  afterAll(() => opened.close());

  it('matches the model of the session lifecycle for every sequence of operations and delivers each revocation once', async () => {
    const steps = fc.commands(anyCommand, { maxCommands: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(steps, async (commands) => {
        const { model, real, drain } = begin(opened, clock);
        const told: string[] = [];
        const watch = (wallet: AccountId) =>
          opened.elsewhere.revocations.watch(partitionOf(wallet), ({ sessionId }) => {
            told.push(sessionId);
          });
        const watches = await Promise.all(model.wallets.map(watch));
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await eventually(() => {
          expect(told.length).toBeGreaterThanOrEqual(model.told.length);
          return Promise.resolve();
        });
        for (const watch of watches) watch.stop();
        // Background work must not fail because the store is closed.
        await drain();
        expect([...told].sort()).toEqual([...model.told].sort());
      }),
      // A failure prints its seed and a minimal sequence of commands.
      { numRuns: RUNS },
    );
  });
});
