import type { WalletSessionsServices } from './graphql/scope.js';
import type { Audit } from './session/audit.js';
import type { Clock } from './session/clock.js';
import { createKeyRing, type SecretKey } from './session/key-ring.js';
import { createSessionLifecycle } from './session/lifecycle/index.js';
import { createNearCache, DEFAULT_NEAR_CACHE_SIZE } from './session/near-cache.js';
import {
  createRateLimits,
  DEFAULT_RATE_LIMITS,
  type RateLimitPolicy,
} from './session/rate-limit.js';
import type { SessionPolicy } from './session/policy.js';
import type { SignInPolicy } from './sign-in/policy.js';
import { createSignIn } from './sign-in/sign-in.js';
import { createAccountVerifier, type VerifySignature } from './sign-in/signature.js';
import type { OpenStore } from './stores/open-store.js';

export interface ServicesOptions {
  readonly store: OpenStore;
  readonly keys: readonly SecretKey[];
  readonly sessions: SessionPolicy;
  readonly signIn: SignInPolicy;
  /** Default {@link DEFAULT_RATE_LIMITS}. */
  readonly rateLimits?: RateLimitPolicy | undefined;
  readonly audit: Audit;
  readonly clock: Clock;
  /** The most validated sessions that are kept in memory; 0 keeps none. */
  readonly nearCacheSize?: number | undefined;
  readonly verifySignature?: VerifySignature | undefined;
}

/** Puts the domain on a store: all that the faces (GraphQL, HTTP, a command line) work with. */
export function composeServices(options: ServicesOptions): WalletSessionsServices {
  const { store, audit, clock, nearCacheSize = DEFAULT_NEAR_CACHE_SIZE } = options;
  const { rateLimits: rates = DEFAULT_RATE_LIMITS } = options;
  const { verifySignature = createAccountVerifier() } = options;
  const keys = createKeyRing(options.keys);
  const rateLimits = createRateLimits(store.rateLimits, rates, keys);
  const sessions = createSessionLifecycle(
    {
      store: store.sessions,
      near: createNearCache({ invalidations: store.invalidations, size: nearCacheSize, clock }),
      keys,
      policy: options.sessions,
      clock,
      audit,
      rateLimits,
    },
    store.revocations,
  );
  const signIn = createSignIn({
    challenges: store.challenges,
    sessions,
    verifySignature,
    policy: options.signIn,
    clock,
    audit,
    rateLimits,
  });
  return { sessions, signIn };
}
