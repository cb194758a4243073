import type { WalletSessionsServices } from '../../src/graphql/scope.js';
import { composeServices } from '../../src/library/compose-services.js';
import type { Clock } from '../../src/session/clock.js';
import type { Invalidation } from '../../src/session/invalidation.js';
import { DEFAULT_SESSION_POLICY } from '../../src/session/policy.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../src/sign-in/policy.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { aKey } from './domain.js';
import { ORIGIN } from './sign-in-message.js';

/** One of several servers on one store, with an eye on how it uses it. */
export interface Instance extends WalletSessionsServices {
  /** How many records it has read. */
  readonly reads: () => number;
  /** Resolves with the next invalidation of that kind that the store tells this instance. */
  told(changed: Invalidation): Promise<void>;
  /** Lets no record that is read reach the server, until the function that it resolves to is called. */
  holdReads(): Promise<() => void>;
}

export function startInstance(
  store: OpenStore,
  clock: Clock,
  options: { nearCacheSize?: number } = {},
): Instance {
  let reads = 0;
  let held: Promise<void> | undefined;
  let sayRead = () => {};
  const waiting = new Map<Invalidation, () => void>();
  const services = composeServices({
    store: {
      ...store,
      sessions: {
        ...store.sessions,
        async find(partition, id) {
          reads += 1;
          const record = await store.sessions.find(partition, id);
          sayRead();
          await held;
          return record;
        },
      },
    },
    keys: [aKey('first')],
    clock,
    sessions: DEFAULT_SESSION_POLICY,
    signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN] },
    audit: () => undefined,
    report: () => undefined,
    ...options,
  });
  // After the server's own listener: whoever waits here sees what the server knows.
  store.invalidations.listen((changed) => {
    waiting.get(changed)?.();
    waiting.delete(changed);
  });
  return {
    ...services,
    reads: () => reads,
    told: (changed) => new Promise((resolve) => waiting.set(changed, resolve)),
    holdReads() {
      let release = () => {};
      held = new Promise((resolve) => (release = resolve));
      return new Promise((resolve) => {
        sayRead = () => {
          resolve(() => {
            held = undefined;
            release();
          });
        };
      });
    },
  };
}
