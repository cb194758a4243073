import fc from 'fast-check';
import { createCore } from '../../../src/core/create-core.js';
import { NO_RATE_LIMITS } from '../../../src/rate-limits/rate-limits.js';
import type { SessionGrant } from '../../../src/sessions/session.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../../src/sign-in/policy.js';
import type { OpenStore } from '../../../src/stores/open-store.js';
import { createFakeClock } from '../../harness/clock.js';
import { aKey } from '../../harness/domain.js';
import { openTestStore, type TestStore } from '../../harness/open-store.js';
import { ORIGIN } from '../../harness/sign-in-message.js';
import { EVERY_DEPLOYMENT } from '../../harness/stores.js';
import { anAccount } from '../../harness/wallet.js';
import { POLICY } from './model.js';
import { anyMoves, make } from './thief.js';

const RUNS = 100;

/** How long before the next sign-in of the owner a session is stolen: fresh, just fresh no more, or old. */
const anyAges = fc.array(fc.constantFrom(0, 1, POLICY.freshWindow, 600_000), {
  minLength: 1,
  // As many as the limit lets in.
  maxLength: 2,
});

/** "Recovery from theft" in `docs/security.md`, as a game. */
describe.each(EVERY_DEPLOYMENT)('an owner against a thief, on the %s store', (name) => {
  const clock = createFakeClock();
  let opened: TestStore;
  beforeAll(async () => {
    opened = await openTestStore(name, { now: () => clock.now(), schedule: () => () => {} });
  });
  afterAll(() => opened.close());

  const serve = (store: OpenStore) =>
    createCore({
      store,
      keys: [aKey('game')],
      clock,
      sessions: { ...POLICY, limit: 2, onLimit: 'refuse-new' },
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
      rateLimits: NO_RATE_LIMITS,
      audit: () => undefined,
      report: (error) => {
        throw error;
      },
    });

  it('leaves the owner the only session after a sign-in that ends others, whatever the thief does before, meanwhile and afterwards', async () => {
    const [here, there] = [serve(opened.store), serve(opened.elsewhere)];
    const instances = [here.sessions, there.sessions] as const;
    const game = fc.asyncProperty(
      anyAges,
      anyMoves,
      anyMoves,
      anyMoves,
      async (ages, before, meanwhile, afterwards) => {
        const wallet = anAccount();
        const signIn = (logoutOthers: boolean) =>
          here.sessions.create({ wallet, chainId: 'eip155:1', logoutOthers }, {});
        const stolen: SessionGrant[] = [];
        for (const age of ages) {
          stolen.push(await signIn(false));
          clock.advance(age);
        }
        for (const move of before) await make(move, stolen, stolen, instances);

        const [owned] = await Promise.all([
          signIn(true),
          ...meanwhile.map((move) => make(move, stolen, stolen, instances)),
        ]);
        // The thief has seen it in a list that was asked for just before.
        const known = [owned, ...stolen];
        for (const move of afterwards) await make(move, stolen, known, instances);

        for (const sessions of instances) {
          const living = await sessions.list(wallet);
          expect(living.map(({ id }) => id)).toEqual([owned.session.id]);
          expect((await sessions.authenticate(owned.accessToken))?.id).toBe(owned.session.id);
        }
      },
    );
    await fc.assert(game, { numRuns: RUNS });
    await Promise.all([here.drain(), there.drain()]);
  });
});
