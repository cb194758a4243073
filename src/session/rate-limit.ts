import { WalletSessionsError } from '../errors.js';
import type { KeyRing } from './key-ring.js';
import { networkOf } from './network.js';
import type { RequestSource } from './session.js';
import type { Partition } from './wallet.js';

/** So many acts in so long. */
export interface Rate {
  /** How many acts; 0 means that they are not limited. */
  readonly acts: number;
  /** Milliseconds, from the first act on: whole seconds. */
  readonly window: number;
}

/**
 * How often one network and one wallet may do what costs work or could be guessed at. An act counts for a
 * wallet only when the wallet has proved itself in it: otherwise anybody could use up the budget of
 * somebody else and lock them out. So challenges, which prove nothing, are counted by network alone.
 */
export interface RateLimitPolicy {
  /** Asking for challenges. */
  readonly challenge: { readonly network: Rate };
  /** Signing in and reauthenticating; the wallet by its proof. */
  readonly signIn: { readonly network: Rate; readonly wallet: Rate };
  /** Refreshing; the wallet by a refresh token of a session that lives. */
  readonly refresh: { readonly network: Rate; readonly wallet: Rate };
}

export type LimitedAct = keyof RateLimitPolicy;

const MINUTE = 60_000;

/**
 * By a minute and address: 60 challenges, 60 sign-ins, 300 refreshes; by wallet 30 sign-ins in ten minutes, 60 refreshes
 * in one.
 */
export const DEFAULT_RATE_LIMITS: RateLimitPolicy = {
  challenge: { network: { acts: 60, window: MINUTE } },
  signIn: { network: { acts: 60, window: MINUTE }, wallet: { acts: 30, window: 10 * MINUTE } },
  refresh: { network: { acts: 300, window: MINUTE }, wallet: { acts: 60, window: MINUTE } },
};

const UNLIMITED: Rate = { acts: 0, window: 0 };

/** For an application that limits by itself, at its door or by an account. */
export const NO_RATE_LIMITS: RateLimitPolicy = {
  challenge: { network: UNLIMITED },
  signIn: { network: UNLIMITED, wallet: UNLIMITED },
  refresh: { network: UNLIMITED, wallet: UNLIMITED },
};

/** Where acts are counted, so that all instances on one store share the count. */
export interface RateLimitStore {
  /**
   * Counts an act, in one atomic step, and tells how many milliseconds to wait before the next one is
   * within the rate: 0 where this one is.
   * @param group what is counted: the same group always comes with the same rate
   * @param key who is counted
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  count(group: string, key: string, rate: Rate): Promise<number>;
}

/**
 * Counts acts, each one as it is done: several in one request count like several requests.
 * @throws WalletSessionsError `RATE_LIMITED`, with the time to wait; `SERVICE_UNAVAILABLE` where the act
 * could not be counted: it is then not done either
 */
export interface RateLimits {
  /** By the caller's IPv4 address or IPv6 /64; callers of unknown address are counted together. */
  countForNetwork(act: LimitedAct, source: RequestSource): Promise<void>;
  /**
   * @param isProven whether the wallet has proved itself in this act, which else does not count. Asked only
   * where the act is limited. Default: it has
   */
  countForWallet(
    act: Exclude<LimitedAct, 'challenge'>,
    partition: Partition,
    isProven?: () => Promise<boolean>,
  ): Promise<void>;
}

/** @param keys so that no address stands in the store: it gets a keyed hash */
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
    const retryAfter = Math.ceil(wait / 1000);
    throw new WalletSessionsError(
      'RATE_LIMITED',
      `That was tried too often. Try again in ${retryAfter} s.`,
      { retryAfter },
    );
  }

  return {
    countForNetwork: (act, { ipAddress }) => {
      const network = ipAddress === undefined ? 'unknown' : networkOf(ipAddress);
      return count(`${act}:network`, network, policy[act].network);
    },
    async countForWallet(act, partition, isProven = () => Promise.resolve(true)) {
      const rate = policy[act].wallet;
      if (rate.acts > 0 && (await isProven())) await count(`${act}:wallet`, partition, rate);
    },
  };
}
