import type { SessionLifecycle } from '../../../src/lifecycle/session-lifecycle.js';
import type { AccountId } from '../../../src/accounts/account-id.js';
import type { OpenStore } from '../../../src/stores/open-store.js';
import type { FakeClock } from '../../harness/clock.js';
import { DEFAULT_SESSION_POLICY } from '../../../src/sessions/policy.js';

/** Small values, so that limits and timeouts are reached often. */
export const POLICY = {
  ...DEFAULT_SESSION_POLICY,
  limit: 3,
  timeout: 3_600_000,
  absoluteTimeout: 5_000_000,
};

/** The expected state of a session. */
export interface ModelSession {
  readonly id: string;
  readonly wallet: AccountId;
  readonly createdAt: number;
  readonly absoluteExpiresAt: number;
  /** When its wallet last signed. */
  authenticatedAt: number;
  expiresAt: number;
  rotatedAt: number;
  /** The index of the pair whose refresh token the current pair was exchanged for. */
  exchanged: number;
  /** Whether the current pair has been used. */
  used: boolean;
  /** Every token pair issued, the current one last. */
  readonly pairs: { readonly access: string; readonly refresh: string }[];
  ended: boolean;
}

export interface Model {
  readonly wallets: readonly AccountId[];
  now: number;
  readonly sessions: ModelSession[];
  /** Ids of ended sessions in the order of their ends. Sessions ended in one step are in any order. */
  readonly told: string[];
}

export interface Real {
  readonly sessions: SessionLifecycle;
  readonly store: OpenStore;
  readonly clock: FakeClock;
}

export const isAlive = (model: Model, { ended, expiresAt }: ModelSession) =>
  !ended && expiresAt > model.now;

export const aliveOf = (model: Model, wallet: AccountId) =>
  model.sessions.filter((session) => session.wallet === wallet && isAlive(model, session));

/** Whether a session may end another one: see "Recovery from theft" in `docs/security.md`. */
export const mayEnd = (model: Model, by: ModelSession, other: ModelSession) =>
  by === other ||
  model.now - by.authenticatedAt < POLICY.freshWindow ||
  by.authenticatedAt >= other.authenticatedAt;

export function end(model: Model, sessions: readonly ModelSession[]): void {
  for (const session of sessions) {
    session.ended = true;
    model.told.push(session.id);
  }
}

/** Sessions that have expired without being reported yet. */
export const expiredOf = (model: Model, wallet: AccountId) =>
  model.sessions.filter(
    (session) => session.wallet === wallet && !session.ended && !isAlive(model, session),
  );

/** Picks a session by a number, preferring live ones. */
export function pickSession(model: Model, index: number): ModelSession | undefined {
  const alive = model.sessions.filter((session) => isAlive(model, session));
  return pick(index % 4 === 0 || alive.length === 0 ? model.sessions : alive, index);
}

/** Picks an item by a number modulo their count. */
export const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items.length === 0 ? undefined : items[index % items.length];
