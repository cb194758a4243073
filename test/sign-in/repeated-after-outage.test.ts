import type { Challenge } from '../../src/sign-in/challenge.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { WalletSessionsError } from '../../src/errors.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const UNAVAILABLE = new WalletSessionsError('SERVICE_UNAVAILABLE');

/** Steps of a sign-in after its challenge was taken, each of which may need another master of a cluster. */
type Step = 'rate limit' | 'insertion' | 'reauthentication';

describe.each(EVERY_STORE)('a signed message for the %s store', (name) => {
  const wallet = aWallet();
  let walletSessions: WalletSessions;
  let failing: Set<Step | 'put' | 'answer to take'>;

  beforeEach(async () => {
    failing = new Set();
    walletSessions = await embedWalletSessions(name, {}, around);
  });
  afterEach(() => walletSessions.close());

  /** The same store with parts that do not answer. */
  function around(store: OpenStore): OpenStore {
    const unless =
      <Args extends unknown[], Result>(
        step: Step | 'put',
        act: (...args: Args) => Promise<Result>,
      ): ((...args: Args) => Promise<Result>) =>
      (...args) =>
        failing.has(step) ? Promise.reject(UNAVAILABLE) : act(...args);
    const { sessions, challenges, rateLimits } = store;
    return {
      ...store,
      rateLimits: {
        count: (group, ...rest) =>
          failing.has('rate limit') && group.endsWith(':wallet')
            ? Promise.reject(UNAVAILABLE)
            : rateLimits.count(group, ...rest),
      },
      sessions: {
        ...sessions,
        insert: unless('insertion', sessions.insert.bind(sessions)),
        reauthenticate: unless('reauthentication', sessions.reauthenticate.bind(sessions)),
      },
      challenges: {
        ...challenges,
        put: unless('put', challenges.put.bind(challenges)),
        async take(nonceHash): Promise<Challenge | undefined> {
          const taken = await challenges.take(nonceHash);
          if (failing.has('answer to take')) throw UNAVAILABLE;
          return taken;
        },
      },
    };
  }

  async function aSignedMessage() {
    const { signIn } = walletSessions;
    const { message = '' } = await signIn.createChallenge({ account: wallet.account }, {});
    return { message, signature: await wallet.sign(message) };
  }

  const codeOf = (attempt: Promise<unknown>) =>
    attempt.then(
      () => 'accepted',
      (error: unknown) => (error as WalletSessionsError).code,
    );

  it.each<Step>(['rate limit', 'insertion'])(
    'accepts a signed message again if the store did not answer the %s, and opens one session',
    async (step) => {
      const signed = await aSignedMessage();
      const send = () => codeOf(walletSessions.signIn.complete(signed, {}));
      failing.add(step);
      expect([await send(), await send()]).toEqual(['SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE']);
      failing.clear();
      const outcomes = await Promise.all([send(), send(), send()]);
      expect(outcomes.sort()).toEqual(['NONCE_INVALID', 'NONCE_INVALID', 'accepted']);
      expect(await walletSessions.sessions.list(wallet.account)).toHaveLength(1);
    },
  );

  it('accepts a signed message again if the store did not answer the reauthentication', async () => {
    const { session } = await signInTo(walletSessions, wallet);
    const signed = await aSignedMessage();
    const send = () => codeOf(walletSessions.signIn.reauthenticate(signed, session, {}));
    failing.add('reauthentication');
    expect(await send()).toBe('SERVICE_UNAVAILABLE');
    failing.clear();
    expect([await send(), await send()]).toEqual(['accepted', 'NONCE_INVALID']);
  });

  it.each([
    ['its challenge could not be put back', ['insertion', 'put']],
    ['it is unknown who has taken its challenge', ['answer to take']],
  ] as const)('refuses a signed message after an outage if %s', async (_why, steps) => {
    const signed = await aSignedMessage();
    const send = () => codeOf(walletSessions.signIn.complete(signed, {}));
    for (const step of steps) failing.add(step);
    expect(await send()).toBe('SERVICE_UNAVAILABLE');
    failing.clear();
    expect(await send()).toBe('NONCE_INVALID');
  });
});
