import { hash } from 'node:crypto';
import type { AccountId, ChainId } from '../accounts/account-id.js';
import { pooledRandomBytes } from '../random-bytes.js';

/** An issued nonce, as a store keeps it. Times are milliseconds since the Unix epoch. */
export interface Challenge {
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The only account that may sign in with the nonce. Default: any. */
  readonly account?: AccountId | undefined;
  /** The only chain on which the nonce is valid. Default: any. */
  readonly chainId?: ChainId | undefined;
}

/** Stores challenges by the hash of their nonce. The nonce itself is never stored. */
export interface ChallengeStore {
  /**
   * Stores a challenge, also one that was taken before, until its `expiresAt`. `now` is the time of the caller's clock.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  put(nonceHash: string, challenge: Challenge, now: number): Promise<void>;
  /**
   * Returns a challenge without taking it. May return one that has just expired.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  find(nonceHash: string): Promise<Challenge | undefined>;
  /**
   * Removes and returns a challenge in one atomic step: of concurrent callers with the same hash, on any instance, exactly
   * one gets it. May return one that has just expired.
   * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
   */
  take(nonceHash: string): Promise<Challenge | undefined>;
}

/** 128 random bits as 32 hexadecimal digits (EIP-4361: 8 or more alphanumeric characters). */
export function newNonce(): string {
  return pooledRandomBytes(16).toString('hex');
}

export function hashNonce(nonce: string): string {
  return hash('sha256', nonce, 'base64url');
}
