import { WalletSessionsError } from '../errors.js';
import type { KeyRing } from '../sessions/key-ring.js';
import { networkOfSource } from './network.js';
import type { ClientInfo, SessionId } from '../sessions/session.js';
import type { Partition } from '../accounts/wallet.js';

/** A rate limit: a number of acts per window. */
export interface Rate {
  /** How many acts; 0 means that they are not limited. */
  readonly acts: number;
  /** Milliseconds, from the first act on: whole seconds. */
  readonly window: number;
}

/**
 * How often one network, one wallet and one session may do what costs work or could be guessed. An act counts for a
 * wallet or a session only if it was proved in that act: otherwise anybody could use up the budget of somebody else and
 * lock them out. Challenges prove nothing, so they count for the network alone. No limit is checked before what ends a
 * session for its owner's safety, such as the reuse of a refresh token.
 */
export interface RateLimitPolicy {
  /** Asking for challenges. */
  readonly challenge: { readonly network: Rate };
  /**
   * Signing in and reauthenticating. A proof counts for its wallet. A network has the rate three times over: see
   * {@link SignInPart}. Proofs that succeed are refused by it only to wallets without a session.
   */
  readonly signIn: { readonly network: Rate; readonly wallet: Rate };
  /**
   * Refreshing. An exchange counts for its session, and for nobody else. A refresh token that proves nothing (this
   * server did not issue it, or its session has ended) counts for the network.
   */
  readonly refresh: { readonly network: Rate; readonly session: Rate };
  /** Ending other sessions in the name of one. A session can always end itself, and a sign-in others. */
  readonly logout: { readonly session: Rate };
}

export type LimitedAct = keyof RateLimitPolicy;

/** The acts that are limited by network, by wallet or by session. */
export type ActLimitedBy<Who extends string> = {
  [Act in LimitedAct]: RateLimitPolicy[Act] extends Readonly<Record<Who, Rate>> ? Act : never;
}[LimitedAct];

/**
 * What of signing in counts apart for a network: proofs that failed, questions to the chain of a contract, and proofs that
 * succeeded. So attempts that fail leave the others their budget.
 */
export type SignInPart = 'failed' | 'contract' | 'succeeded';

const MINUTE = 60_000;

/**
 * For each network and minute: 60 challenges, 60 sign-ins of each {@link SignInPart}, 300 refresh tokens that prove nothing.
 * For each wallet: 30 sign-ins in ten minutes. For each session and minute: 60 refreshes, and 20 times ending others.
 */
export const DEFAULT_RATE_LIMITS: RateLimitPolicy = {
  challenge: { network: { acts: 60, window: MINUTE } },
  signIn: { network: { acts: 60, window: MINUTE }, wallet: { acts: 30, window: 10 * MINUTE } },
  refresh: { network: { acts: 300, window: MINUTE }, session: { acts: 60, window: MINUTE } },
  logout: { session: { acts: 20, window: MINUTE } },
};

const UNLIMITED: Rate = { acts: 0, window: 0 };

/** For an application that limits by itself, at its door or by an account. */
export const NO_RATE_LIMITS: RateLimitPolicy = {
  challenge: { network: UNLIMITED },
  signIn: { network: UNLIMITED, wallet: UNLIMITED },
  refresh: { network: UNLIMITED, session: UNLIMITED },
  logout: { session: UNLIMITED },
};

/** Where acts are counted, so that all instances on one store share the count. */
export interface RateLimitStore {
  /**
   * Counts an act, in one atomic step, and tells how many milliseconds to wait before the next one is
   * within the rate: 0 where this one is.
   * @param group identifies the counter; a group always has the same rate
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
  countForNetwork(
    act: ActLimitedBy<'network'>,
    source: ClientInfo,
    part?: SignInPart,
  ): Promise<void>;
  /** To be called once the wallet has proved itself in this act. */
  countForWallet(act: ActLimitedBy<'wallet'>, partition: Partition): Promise<void>;
  /** To be called once a current token of the session was presented in this act. */
  countForSession(act: ActLimitedBy<'session'>, sessionId: SessionId): Promise<void>;
  /** Whether {@link countForSession} limits the act: if not, nothing needs to be proved for it. */
  limitsSessions(act: ActLimitedBy<'session'>): boolean;
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
    countForNetwork: (act, source, part) => {
      const counted = part === undefined ? act : `${act}_${part}`;
      return count(`${counted}:network`, networkOfSource(source), policy[act].network);
    },
    countForWallet: (act, partition) => count(`${act}:wallet`, partition, policy[act].wallet),
    countForSession: (act, sessionId) => count(`${act}:session`, sessionId, policy[act].session),
    limitsSessions: (act) => policy[act].session.acts > 0,
  };
}
