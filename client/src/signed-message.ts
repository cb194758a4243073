import type { CreateSignInChallengeMutation } from './generated/documents.js';

/**
 * A nonce to sign, and the other fields of the message. `message` is the complete text if an account was given. Times are
 * ISO 8601, by the service's clock.
 */
export type Challenge = CreateSignInChallengeMutation['createSignInChallenge'];

/** A message of a wallet, and its signature. */
export interface SignedMessage {
  /**
   * The text that was signed: EIP-4361 for Ethereum, Sign In With Solana for Solana. An off-chain message of Solana: its
   * bytes, hexadecimal with 0x.
   */
  readonly message: string;
  /** Hexadecimal, with 0x. */
  readonly signature: string;
}
