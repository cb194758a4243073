import { hash } from 'node:crypto';
import type { ReportError } from '../graphql/errors.js';
import type { WalletSessionsServices } from '../graphql/context.js';
import { createAdministration } from '../administration/administration.js';
import { auditToAll, type Audit } from '../audit/events.js';
import { createAuditLog } from '../audit/audit-log.js';
import { DEFAULT_AUDIT_LOG_POLICY, type AuditLogPolicy } from '../audit/policy.js';
import type { Clock } from '../clock.js';
import { defaultsOf } from '../options.js';
import { createExpirySweep, type ExpirySweep } from '../lifecycle/expired-sessions.js';
import { createKeyRing, type SecretKey } from '../sessions/key-ring.js';
import { createIdentityTokens } from '../identity-tokens/identity-tokens.js';
import { IDENTITY_TOKEN_SETTINGS, type IdentityTokenPolicy } from '../identity-tokens/policy.js';
import { createDeviceCookies } from '../key-binding/device-cookies.js';
import { createKeyBinding } from '../key-binding/key-binding.js';
import { DEFAULT_KEY_BINDING_POLICY, type KeyBindingPolicy } from '../key-binding/policy.js';
import { createKeyProofs } from '../lifecycle/key-proofs.js';
import type { DescribePlace } from '../lifecycle/places.js';
import { createSessionLifecycle } from '../lifecycle/session-lifecycle.js';
import { createNearCache } from '../near-cache/near-cache.js';
import type { SessionPolicy } from '../sessions/policy.js';
import {
  createRateLimits,
  DEFAULT_RATE_LIMITS,
  type RateLimitPolicy,
} from '../rate-limits/rate-limits.js';
import { createStatistics } from '../administration/statistics/statistics.js';
import { createUnansweredEnds } from '../lifecycle/ends.js';
import { createValidationTally } from '../lifecycle/validation-tally.js';
import type { ChainId } from '../accounts/account-id.js';
import type { Wallet } from '../accounts/wallet.js';
import type { SignInHooks } from '../sign-in/hooks.js';
import type { SignInPolicy } from '../sign-in/policy.js';
import { createSignIn } from '../sign-in/sign-in.js';
import type {
  ObserveVerification,
  VerifyContractSignature,
} from '../sign-in/ethereum/signature.js';
import type { VerifySignature, WalletKind } from '../sign-in/kind.js';
import { createKinds } from '../sign-in/kinds.js';
import type { OpenStore } from '../stores/open-store.js';
import { WALLET_SESSIONS_SETTINGS } from './read-options.js';

export interface CoreOptions {
  readonly store: OpenStore;
  readonly keys: readonly SecretKey[];
  readonly sessions: SessionPolicy;
  readonly signIn: SignInPolicy;
  /** Default {@link DEFAULT_KEY_BINDING_POLICY}, at the origins of sign-ins. */
  readonly keyBinding?: KeyBindingPolicy | undefined;
  /** Default: none are issued. */
  readonly identityTokens?: IdentityTokenPolicy | undefined;
  /** Default {@link DEFAULT_RATE_LIMITS}. */
  readonly rateLimits?: RateLimitPolicy | undefined;
  /** Receives each audit event, in addition to the audit log in the store. */
  readonly audit: Audit;
  /** Default {@link DEFAULT_AUDIT_LOG_POLICY}. */
  readonly auditLog?: AuditLogPolicy | undefined;
  /** Wallets with administrator rights. Default none. */
  readonly administrators?: readonly Wallet[] | undefined;
  /** The URL of the operator's dashboard of metrics, for administrators. */
  readonly dashboardUrl?: string | undefined;
  /** Receives background errors. */
  readonly report: ReportError;
  readonly clock: Clock;
  /** Maximum number of validated sessions that are cached in memory; 0 disables the cache. Default 50,000. */
  readonly nearCacheSize?: number | undefined;
  readonly verifySignature?: VerifySignature | undefined;
  /** Verifiers of contract wallets by chain. Default none. See `createContractVerifiers`. */
  readonly contractVerifiers?: ReadonlyMap<ChainId, VerifyContractSignature> | undefined;
  /** Kinds of wallets, in addition to {@link createKinds}. Default none. */
  readonly kinds?: readonly WalletKind[] | undefined;
  readonly hooks?: SignInHooks | undefined;
  /** Describes where an IP address is. Default: no place is known. */
  readonly describePlace?: DescribePlace | undefined;
  /** Observes the verification of signatures. */
  readonly observeVerification?: ObserveVerification | undefined;
}

/** The services of the domain, composed on a store. */
export interface Core extends WalletSessionsServices {
  /** Audits expired sessions, once it has been started. */
  readonly expirySweep: ExpirySweep;
  /** Stops background work, and resolves when pending writes have been written or have failed. */
  readonly drain: () => Promise<void>;
}

/** Composes the domain on a store, for the library, the service and the command line. */
export function createCore(options: CoreOptions): Core {
  const {
    store,
    clock,
    report,
    nearCacheSize = WALLET_SESSIONS_SETTINGS.nearCacheSize.fallback,
  } = options;
  const { auditLog: policy = DEFAULT_AUDIT_LOG_POLICY } = options;
  const { rateLimits: rates = DEFAULT_RATE_LIMITS } = options;
  const keys = createKeyRing(options.keys);
  const stop = new AbortController();
  const { signal: stopping } = stop;
  const alarm: Audit = (event) => {
    audit(event);
  };
  const { timeout } = options.sessions;
  const auditLog = createAuditLog({
    store: store.audit,
    keys,
    policy,
    clock,
    timeout,
    report,
    alarm,
  });
  const statistics = createStatistics({
    store: store.statistics,
    clock,
    timeout,
    stopping,
    report,
  });
  const audit = auditToAll([options.audit, auditLog.audit, statistics.audit]);
  const rateLimits = createRateLimits(store.rateLimits, rates, keys);
  const {
    keyBinding: keyPolicy = { ...DEFAULT_KEY_BINDING_POLICY, publicUrls: options.signIn.origins },
  } = options;
  const keyBinding = createKeyBinding({
    policy: keyPolicy,
    keys,
    clock,
    useInStore: async (id, duration) => {
      const once = { acts: 1, window: Math.ceil(duration / 1000) * 1000 };
      return (
        (await store.rateLimits.count('key-proof', hash('sha256', id, 'base64url'), once)) === 0
      );
    },
  });
  const validations = createValidationTally();
  const { contractVerifiers = new Map<ChainId, VerifyContractSignature>() } = options;
  const ends = { store: store.sessions, clock, audit, report };
  const unanswered = createUnansweredEnds(ends);
  const sessions = createSessionLifecycle(
    {
      ...ends,
      near: createNearCache({ invalidations: store.invalidations, size: nearCacheSize }),
      keys,
      policy: options.sessions,
      rateLimits,
      validations,
      keyProofs: createKeyProofs({
        keyBinding,
        deviceCookies: createDeviceCookies(keys),
        clock,
        audit,
        validations,
      }),
      unanswered,
      contractChainIds: [...contractVerifiers.keys()],
      describePlace: options.describePlace,
      stopping,
    },
    store.revocations,
  );
  const signIn = createSignIn({
    challenges: store.challenges,
    sessions,
    kinds: [...createKinds({ ...options, contractVerifiers }), ...(options.kinds ?? [])],
    policy: options.signIn,
    clock,
    audit,
    rateLimits,
    keyBinding,
    hooks: options.hooks,
  });
  const administration = createAdministration({
    sessions,
    auditLog,
    statistics,
    scanner: store.scanner,
    keys,
    administrators: options.administrators ?? [],
    dashboardUrl: options.dashboardUrl,
    audit,
    clock,
  });
  const { identityTokens: tokenPolicy = defaultsOf(IDENTITY_TOKEN_SETTINGS) } = options;
  const identityTokens = createIdentityTokens({
    policy: tokenPolicy,
    issuer: options.signIn.origins[0],
    keys,
    clock,
  });
  const expirySweep = createExpirySweep({
    expired: store.expired,
    keys,
    policy: options.sessions,
    clock,
    audit,
    auditLog,
    report,
  });
  const drain = async () => {
    stop.abort();
    await Promise.all([expirySweep.stop(), unanswered.flush()]);
    await Promise.all([sessions.lastSeen.flush(), auditLog.flush(), statistics.flush()]);
  };
  return {
    ...{ sessions, signIn, auditLog, statistics, administration, identityTokens, report },
    ...{ expirySweep, drain },
  };
}
