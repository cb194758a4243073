import type { WalletSessionsServices } from '../../src/graphql/context.js';
import { createCore } from '../../src/core/create-core.js';
import type { Clock } from '../../src/clock.js';
import type { Invalidation } from '../../src/near-cache/near-cache.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { DEFAULT_SIGN_IN_POLICY } from '../../src/sign-in/policy.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { aKey } from './domain.js';
import { ORIGIN } from './sign-in-message.js';

/** One of several instances on one store, with observation of its reads and invalidations. */
export interface Instance extends WalletSessionsServices {
  /** The number of records that the instance has read. */
  readonly reads: () => number;
  /** Resolves when the instance next receives this invalidation. */
  invalidated(changed: Invalidation): Promise<void>;
  /** Holds back the next record read. Resolves, when it was read, to a function that releases it. */
  holdReads(): Promise<() => void>;
}

export function startInstance(
  store: OpenStore,
  clock: Clock,
  options: { nearCacheSize?: number } = {},
): Instance {
  let reads = 0;
  let held: Promise<void> | undefined;
  let onRead = () => {};
  const waiting = new Map<Invalidation, () => void>();
  const services = createCore({
    store: {
      ...store,
      sessions: {
        ...store.sessions,
        async find(partition, id) {
          reads += 1;
          const record = await store.sessions.find(partition, id);
          onRead();
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
  // Registered after the listener of the services, so that they have handled the invalidation.
  store.invalidations.listen((changed) => {
    waiting.get(changed)?.();
    waiting.delete(changed);
  });
  return {
    ...services,
    reads: () => reads,
    invalidated: (changed) => new Promise((resolve) => waiting.set(changed, resolve)),
    holdReads() {
      let release = () => {};
      held = new Promise((resolve) => (release = resolve));
      return new Promise((resolve) => {
        onRead = () => {
          resolve(() => {
            held = undefined;
            release();
          });
        };
      });
    },
  };
}
