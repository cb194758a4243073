import { createHash, randomBytes } from 'node:crypto';
import type { AccountId, ChainId } from '../accounts/account-id.js';

/** A nonce that the service handed out, as a store keeps it. Times are ms since the Unix epoch. */
export interface Challenge {
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** If given, only this account may sign in with the nonce. */
  readonly account?: AccountId | undefined;
  /** If given, only on this chain. */
  readonly chainId?: ChainId | undefined;
}

/** Where challenges wait for their answer. The nonce itself is never stored, only its hash. */
export interface ChallengeStore {
  /**
   * Keeps the challenge until its `expiresAt`; `now` is the caller's clock. Also puts one back that was taken.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  put(nonceHash: string, challenge: Challenge, now: number): Promise<void>;
  /**
   * Returns a challenge and leaves it where it is. May return one that has just expired.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  find(nonceHash: string): Promise<Challenge | undefined>;
  /**
   * Removes and returns a challenge in one atomic step: of any number of callers with the same hash,
   * at any number of servers, one gets it. May return one that has just expired; the caller checks.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  take(nonceHash: string): Promise<Challenge | undefined>;
}

/** 128 random bits as 32 hexadecimal digits (EIP-4361: 8 or more alphanumeric characters). */
export function newNonce(): string {
  return randomBytes(16).toString('hex');
}

export function hashNonce(nonce: string): string {
  return createHash('sha256').update(nonce).digest('base64url');
}
