import type { AccountId, ChainId } from '../accounts/account-id.js';
import type { Namespace } from '../accounts/namespace.js';
import type { Capabilities, ClientInfo } from '../sessions/session.js';

/** A parsed sign-in message (CAIP-122). Times are milliseconds since the Unix epoch. */
export interface SignInMessage {
  /** The exact text that was signed. */
  readonly text: string;
  /** The scheme before the domain, if the message has one. */
  readonly scheme?: string | undefined;
  readonly domain: string;
  /** The account that the message names. For Ethereum: as an EOA, the same on every chain. */
  readonly account: AccountId;
  /** The chain to sign in on. */
  readonly chainId: ChainId;
  readonly uri: string;
  readonly nonce: string;
  readonly issuedAt: number;
  readonly expirationTime?: number | undefined;
  readonly notBefore?: number | undefined;
  /** The capabilities that the message grants. For Ethereum: those of its ReCap (ERC-5573). */
  readonly capabilities?: Capabilities | undefined;
}

/** The parts of the message of a challenge. */
export interface MessageParts {
  /** The requesting web origin, from which the domain and the URI are derived. */
  readonly origin: string;
  readonly account: AccountId;
  readonly chainId: ChainId;
  readonly statement: string;
  readonly nonce: string;
  readonly issuedAt: number;
  readonly expirationTime: number;
}

/** Resolves to whether the account that the message names has signed it. */
export type VerifySignature = (message: SignInMessage, signature: string) => Promise<boolean>;

/** What a kind of wallet can use to verify a signature. */
export interface Verification {
  /** The client that sent the signature. */
  readonly source: ClientInfo;
  /**
   * Call this before asking a chain. It rejects if the message has no valid challenge, or if the network has no budget
   * left, so that nobody can make this service send requests without a challenge.
   * @throws WalletSessionsError `NONCE_INVALID`, `MESSAGE_EXPIRED`, `RATE_LIMITED`, `SERVICE_UNAVAILABLE`
   */
  readonly admit: () => Promise<void>;
}

/**
 * A kind of wallet: the names of its accounts, the format of its messages, and the verification of its signatures. For every
 * kind, the sign-in checks domain, URI, chain, times and nonce, and does limits, audit and session.
 */
export interface WalletKind {
  /**
   * The rules for names of its accounts. Challenges are for the canonical names that it reads. Elsewhere, such as in
   * `administrators`, names of a namespace that is not of this package must be canonical.
   */
  readonly namespace: Namespace;
  /** Whether a text looks like a message of this kind, valid or not. */
  readonly recognizes: (text: string) => boolean;
  /**
   * Parses a message strictly, so that the result is its only meaning.
   * @param chainIds the chains of its namespace on which wallets may sign in; the first one is the default
   * @throws WalletSessionsError `MESSAGE_MALFORMED`, with the line and what is wrong with it
   */
  parse(text: string, chainIds: readonly ChainId[]): SignInMessage;
  /** Writes a message that is ready to sign. */
  write(parts: MessageParts): string;
  /**
   * Returns the account that signed the message, if it is the one that the message names; otherwise `undefined`. An
   * Ethereum account can be a contract on the chain of the message.
   * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE`, and what `admit` throws
   */
  verify(
    message: SignInMessage,
    signature: string,
    verification: Verification,
  ): Promise<AccountId | undefined>;
}
