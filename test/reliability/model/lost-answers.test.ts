import fc from 'fast-check';
import { createCore } from '../../../src/core/create-core.js';
import { WalletSessionsError } from '../../../src/errors.js';
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
import { pick, POLICY } from './model.js';

const RUNS = 20;

/** Short enough that no sequence of moves outlives the idle timeout. */
const PAUSES = [0, 1, POLICY.refreshGrace - 1, POLICY.refreshGrace, 2 * POLICY.refreshGrace];

interface Move {
  readonly by: 'owner' | 'thief';
  /** `refresh` with an answer that arrives, or is lost; `use` of the newest access token. */
  readonly kind: 'refresh' | 'lost refresh' | 'use';
  /** For the thief: which of the known tokens, the newest first. An owner presents the newest one. */
  readonly which: number;
  /** Milliseconds that pass before the move. */
  readonly pause: number;
  readonly instance: number;
}

const anyMoves = (...players: Move['by'][]): fc.Arbitrary<Move[]> =>
  fc.array(
    fc.record({
      by: fc.constantFrom(...players),
      kind: fc.constantFrom('refresh' as const, 'lost refresh' as const, 'use' as const),
      which: fc.nat({ max: 3 }),
      pause: fc.constantFrom(...PAUSES),
      instance: fc.nat({ max: 1 }),
    }),
    { maxLength: 15 },
  );

/** "Lost responses" in `docs/security.md`, as a game. */
describe.each(EVERY_DEPLOYMENT)('refreshes with lost answers, on the %s store', (name) => {
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
      sessions: { ...POLICY, absoluteTimeout: 24 * 3_600_000 },
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
      rateLimits: NO_RATE_LIMITS,
      audit: () => undefined,
      report: (error) => {
        throw error;
      },
    });

  /** A session whose first tokens both players hold, and the moves that they can make with what they know. */
  async function play() {
    const cores = [serve(opened.store), serve(opened.elsewhere)] as const;
    const wallet = anAccount();
    const first = await cores[0].sessions.create({ wallet, chainId: 'eip155:1' }, {});
    const held: Record<Move['by'], SessionGrant[]> = { owner: [first], thief: [first] };

    async function move({ by, kind, which, pause, instance }: Move): Promise<void> {
      clock.advance(pause);
      const { sessions } = pick(cores, instance) ?? cores[0];
      const known = held[by];
      const grant = (by === 'owner' ? known[0] : pick(known, which)) ?? first;
      if (kind === 'use') {
        await sessions.validate(grant.accessToken, {});
        await sessions.lastSeen.flush();
        return;
      }
      try {
        const granted = await sessions.refresh(grant.refreshToken, {});
        if (kind === 'refresh') known.unshift(granted);
      } catch (error) {
        if (!(error instanceof WalletSessionsError)) throw error;
        expect(error.code).toBe('REFRESH_TOKEN_INVALID');
      }
    }

    return {
      move,
      held,
      living: async () => (await cores[0].sessions.list(wallet)).length,
      settled: () => Promise.all(cores.map((core) => core.drain())),
    };
  }

  it('never ends the session of an owner whose tokens are not stolen, however many answers to refreshes are lost', async () => {
    const game = fc.asyncProperty(anyMoves('owner'), async (moves) => {
      const { move, living, settled } = await play();
      for (const each of moves) {
        await move(each);
        expect(await living()).toBe(1);
      }
      await settled();
    });
    await fc.assert(game, { numRuns: RUNS });
  });

  it('ends the session when a token comes back after the grace period and the tokens it was exchanged for have been used', async () => {
    const game = fc.asyncProperty(
      anyMoves('owner'),
      fc.nat({ max: 1 }),
      async (moves, instance) => {
        const { move, held, living, settled } = await play();
        for (const each of moves) await move(each);
        const pause = 2 * POLICY.refreshGrace;
        const stolen = held.owner[0];
        if (stolen !== undefined) held.thief.unshift(stolen);
        await move({ by: 'owner', kind: 'refresh', which: 0, pause, instance: 0 });
        await move({ by: 'owner', kind: 'use', which: 0, pause: 0, instance: 1 });
        expect(await living()).toBe(1);
        await move({ by: 'thief', kind: 'refresh', which: 0, pause, instance });
        expect(await living()).toBe(0);
        await settled();
      },
    );
    await fc.assert(game, { numRuns: RUNS });
  });

  it('ends a stolen session once owner and thief have both refreshed and used their tokens, a grace period apart', async () => {
    const game = fc.asyncProperty(
      anyMoves('owner', 'thief'),
      fc.nat({ max: 3 }),
      fc.boolean(),
      async (moves, which, ownerFirst) => {
        const { move, living, settled } = await play();
        for (const each of moves) await move(each);
        const order = ownerFirst ? (['owner', 'thief'] as const) : (['thief', 'owner'] as const);
        // After the grace period of the last move, each refreshes and uses the answer; then the first one comes back.
        for (const [index, by] of [...order, order[0]].entries()) {
          const pause = POLICY.refreshGrace;
          const chosen = index === 2 ? 0 : which;
          await move({ by, kind: 'refresh', which: chosen, pause, instance: index % 2 });
          await move({ by, kind: 'use', which: 0, pause: 0, instance: (index + 1) % 2 });
        }
        expect(await living()).toBe(0);
        await settled();
      },
    );
    await fc.assert(game, { numRuns: 2 * RUNS });
  });
});
