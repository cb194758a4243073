import type { Audit } from '../audit/events.js';
import type { Clock } from '../clock.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { KeyBinding } from '../key-binding/key-binding.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import type { ChallengeStore } from './challenge.js';
import type { SignInHooks } from './hooks.js';
import type { SignInPolicy } from './policy.js';
import type { WalletKind } from './kind.js';

/** What every step of a sign-in works with. */
export interface SignInDomain {
  readonly challenges: ChallengeStore;
  readonly sessions: Pick<SessionLifecycle, 'create' | 'reauthenticate' | 'listPage'>;
  /** The kinds of wallets that may sign in. */
  readonly kinds: readonly WalletKind[];
  readonly policy: SignInPolicy;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly rateLimits: RateLimits;
  readonly keyBinding: KeyBinding;
  readonly hooks?: SignInHooks | undefined;
}

/** A sign-in message and its signature, as a client sends them. */
export interface SignedMessage {
  readonly message: string;
  readonly signature: string;
}
