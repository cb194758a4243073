import type { WalletSessionsServices } from '../../src/graphql/context.js';
import type { AccountId, ChainId } from '../../src/accounts/account-id.js';
import { createCore } from '../../src/core/create-core.js';
import type { AuditEvent } from '../../src/audit/events.js';
import type { KeyBindingPolicy } from '../../src/key-binding/policy.js';
import type { SecretKey } from '../../src/sessions/key-ring.js';
import { NO_RATE_LIMITS, type RateLimitPolicy } from '../../src/rate-limits/rate-limits.js';
import { DEFAULT_SESSION_POLICY, type SessionPolicy } from '../../src/sessions/policy.js';
import type { WalletKind } from '../../src/sign-in/kind.js';
import { DEFAULT_SIGN_IN_POLICY, type SignInPolicy } from '../../src/sign-in/policy.js';
import { openEmbeddedStore } from '../../src/stores/embedded/open.js';
import type { OpenStore } from '../../src/stores/open-store.js';
import { createFakeClock, type FakeClock } from './clock.js';
import { ORIGIN } from './sign-in-message.js';
import { temporaryDirectory } from './stores.js';

export interface TestDomain extends WalletSessionsServices {
  readonly clock: FakeClock;
  readonly store: OpenStore;
  /** Every audit event so far. */
  readonly audited: readonly AuditEvent[];
  /** Every reported error so far. */
  readonly reported: readonly unknown[];
  /** The services on the same store with other keys, as after a key rotation. */
  withKeys(keys: readonly SecretKey[]): WalletSessionsServices;
  close(): Promise<void>;
}

export function aKey(id: string): SecretKey {
  return { id, secret: Buffer.alloc(32, id) };
}

/** The domain on the embedded store, with a fake clock. */
export async function openDomain(
  policy: {
    sessions?: Partial<SessionPolicy>;
    signIn?: Partial<SignInPolicy>;
    rateLimits?: RateLimitPolicy;
    keyBinding?: KeyBindingPolicy;
    /** Chains on which contracts can sign in. Their signatures are not verified: none is valid. */
    contractChainIds?: readonly ChainId[];
    administrators?: readonly AccountId[];
    /** Kinds of wallets besides the built-in ones. */
    kinds?: readonly WalletKind[];
  } = {},
): Promise<TestDomain> {
  const directory = await temporaryDirectory();
  const clock = createFakeClock();
  const audited: AuditEvent[] = [];
  const reported: unknown[] = [];
  const store = openEmbeddedStore({ directory: directory.path, clock });
  const withKeys = (keys: readonly SecretKey[]) =>
    createCore({
      store,
      keys,
      clock,
      sessions: { ...DEFAULT_SESSION_POLICY, ...policy.sessions },
      signIn: { ...DEFAULT_SIGN_IN_POLICY, origins: [ORIGIN], ...policy.signIn },
      rateLimits: policy.rateLimits ?? NO_RATE_LIMITS,
      keyBinding: policy.keyBinding,
      contractVerifiers: new Map(
        policy.contractChainIds?.map((chainId) => [chainId, () => Promise.resolve(false)]),
      ),
      kinds: policy.kinds,
      administrators: policy.administrators,
      audit: (event) => audited.push(event),
      report: (error) => reported.push(error),
    });
  return {
    ...withKeys([aKey('first')]),
    clock,
    store,
    audited,
    reported,
    withKeys,
    async close() {
      await store.close();
      await directory.remove();
    },
  };
}
