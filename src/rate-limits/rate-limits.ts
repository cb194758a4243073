import * as v from 'valibot';
import { WalletSessionsError } from '../errors.js';
import {
  defaultsOf,
  strictObject,
  withDefault,
  type SettingType,
  type ValuesOf,
} from '../options.js';
import { duration, integer } from '../setting-types.js';
import type { KeyRing } from '../sessions/key-ring.js';
import { networkOfSource } from './network.js';
import type { ClientInfo, SessionId } from '../sessions/session.js';
import type { Partition } from '../accounts/wallet.js';

/** A rate limit: a number of acts per window. */
export interface Rate {
  /** The number of acts; 0 means no limit. */
  readonly acts: number;
  /** The window in milliseconds from the first act: a multiple of 1,000. */
  readonly window: number;
}

export const rate: SettingType<Rate> = {
  form: { kind: 'rate' },
  schema: v.pipe(
    strictObject({ acts: integer(0, 9_999_999).schema, window: duration().schema }),
    v.check(
      ({ acts, window }) => acts === 0 || (window > 0 && window % 1000 === 0),
      'must have a window of whole seconds, in milliseconds',
    ),
  ),
};

const MINUTE = 60_000;

export const RATE_LIMIT_SETTINGS = {
  /** Requests for challenges. */
  challenge: {
    /** Challenges that an IPv4 address or IPv6 /64 may request. */
    network: withDefault({ acts: 60, window: MINUTE }, rate),
  },
  /** Sign-ins and reauthentications. */
  signIn: {
    /**
     * Failed sign-ins, contract verifications, and sign-ins of wallets without a session, per IPv4 address or IPv6 /64. Each
     * of the three is counted separately.
     */
    network: withDefault({ acts: 60, window: MINUTE }, rate),
    /** Sign-ins per wallet. Failed attempts of others in its name do not count. */
    wallet: withDefault({ acts: 30, window: 10 * MINUTE }, rate),
  },
  /** Refreshes. */
  refresh: {
    /** Invalid refresh tokens that an IPv4 address or IPv6 /64 may present. Valid tokens count for their session. */
    network: withDefault({ acts: 300, window: MINUTE }, rate),
    /** Refreshes per session. */
    session: withDefault({ acts: 60, window: MINUTE }, rate),
  },
  /** Logouts of other sessions. */
  logout: {
    /** Requests by which a session logs out other sessions of its wallet. It can always log out itself. */
    session: withDefault({ acts: 20, window: MINUTE }, rate),
  },
};

/**
 * Limits acts that are expensive or could be used for guessing, per network, wallet and session. An act counts for a
 * wallet or a session only if the caller has proved to be it: otherwise anybody could use up the budget of others and
 * lock them out. Challenges prove nothing, so they count for the network only. No limit delays the end of a session that
 * protects its owner, such as after the reuse of a refresh token.
 */
export type RateLimitPolicy = ValuesOf<typeof RATE_LIMIT_SETTINGS>;

/** The default rate limits. */
export const DEFAULT_RATE_LIMITS: RateLimitPolicy = defaultsOf(RATE_LIMIT_SETTINGS);

export type LimitedAct = keyof RateLimitPolicy;

/** The acts that are limited by network, by wallet or by session. */
export type ActLimitedBy<Who extends string> = {
  [Act in LimitedAct]: RateLimitPolicy[Act] extends Readonly<Record<Who, Rate>> ? Act : never;
}[LimitedAct];

/**
 * The parts of signing in that are counted separately for a network: failed proofs, calls to the chain of a contract, and
 * successful proofs. Failed attempts therefore do not use up the budget of the others.
 */
export type SignInPart = 'failed' | 'contract' | 'succeeded';

const UNLIMITED: Rate = { acts: 0, window: 0 };

/**
 * Disables the rate limits, for an application that has its own.
 * @example
 * ```ts
 * createWalletSessions({ store, keys, origins, rateLimits: NO_RATE_LIMITS });
 * ```
 */
export const NO_RATE_LIMITS: RateLimitPolicy = {
  challenge: { network: UNLIMITED },
  signIn: { network: UNLIMITED, wallet: UNLIMITED },
  refresh: { network: UNLIMITED, session: UNLIMITED },
  logout: { session: UNLIMITED },
};

/** Counts acts in the store, so that all instances share the counts. */
export interface RateLimitStore {
  /**
   * Counts an act in one atomic step. Returns 0 if the act is within the rate, otherwise the milliseconds to wait before
   * the next one is.
   * @param group identifies the counter; a group always has the same rate
   * @param key identifies who is counted
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  count(group: string, key: string, rate: Rate): Promise<number>;
}

/**
 * Counts acts. Several acts in one request count like several requests.
 * @throws WalletSessionsError `RATE_LIMITED`, with the time to wait; `SERVICE_UNAVAILABLE` if the act could not be
 * counted, in which case it must not be performed
 */
export interface RateLimits {
  /** Counts by the caller's IPv4 address or IPv6 /64. Callers with an unknown address are counted together. */
  countForNetwork(
    act: ActLimitedBy<'network'>,
    source: ClientInfo,
    part?: SignInPart,
  ): Promise<void>;
  /** Call this after the wallet has been authenticated in this act. */
  countForWallet(act: ActLimitedBy<'wallet'>, partition: Partition): Promise<void>;
  /** Call this after a current token of the session has been presented in this act. */
  countForSession(act: ActLimitedBy<'session'>, sessionId: SessionId): Promise<void>;
  /** The budget of a session for an act that the session counts itself. */
  rateOfSessions(act: ActLimitedBy<'session'>): Rate;
}

/** The error for an act beyond a budget. @param wait milliseconds until the next one is within it */
export function rateLimited(wait: number): WalletSessionsError {
  const retryAfter = Math.ceil(wait / 1000);
  return new WalletSessionsError(
    'RATE_LIMITED',
    `Too many attempts. Try again in ${retryAfter} s.`,
    { retryAfter },
  );
}

/** @param keys for keyed hashes of addresses, which are not stored in clear */
export function createRateLimits(
  store: RateLimitStore,
  policy: RateLimitPolicy,
  keys: KeyRing,
): RateLimits {
  async function count(group: string, who: string, rate: Rate): Promise<void> {
    if (rate.acts === 0) return;
    const name = keys.mac(keys.currentId, 'rate-limit-name', group, who);
    const wait = await store.count(group, name.toString('base64url').slice(0, 22), rate);
    if (wait === 0) return;
    throw rateLimited(wait);
  }

  return {
    countForNetwork: (act, source, part) => {
      const counted = part === undefined ? act : `${act}_${part}`;
      return count(`${counted}:network`, networkOfSource(source), policy[act].network);
    },
    countForWallet: (act, partition) => count(`${act}:wallet`, partition, policy[act].wallet),
    countForSession: (act, sessionId) => count(`${act}:session`, sessionId, policy[act].session),
    rateOfSessions: (act) => policy[act].session,
  };
}
