import { isStatement } from './ethereum/message.js';

/** What sign-in messages are accepted, and how the service's own are written. */
export interface SignInPolicy {
  /**
   * The web origins whose pages may ask for sign-ins (`https://app.example.com`), each of which stands
   * for the EIP-4361 domain, scheme and URI origin together. The first one is used in challenges for
   * clients that do not say where they are.
   */
  readonly origins: readonly [string, ...string[]];
  /** The EIP-155 chains on which a wallet may sign in. The first one is the default. */
  readonly chainIds: readonly [number, ...number[]];
  /** The sentence that the wallet shows its owner, of the characters that EIP-4361 admits. */
  readonly statement: string;
  /** How long a challenge can be answered, in milliseconds. Default 5 minutes. */
  readonly challengeTimeout: number;
  /** How far the clocks of wallets may be off, in milliseconds. Default 1 minute. */
  readonly clockTolerance: number;
}

/** Ethereum alone, and five minutes to answer a challenge. */
export const DEFAULT_SIGN_IN_POLICY = {
  chainIds: [1],
  statement: 'Sign in with your wallet. This costs nothing and sends no transaction.',
  challengeTimeout: 5 * 60_000,
  clockTolerance: 60_000,
} as const;

/** @throws RangeError naming the first that is not the origin of a web page */
export function assertOrigins(origins: readonly string[]): void {
  if (origins.length === 0) throw new RangeError('Sign-ins need at least one origin.');
  for (const origin of origins) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new RangeError(
        `"${origin}" is not an origin like https://app.example.com, with no path.`,
      );
    }
  }
}

/** @throws RangeError for a statement that no EIP-4361 message may have */
export function assertStatement(statement: string): void {
  if (!isStatement(statement)) {
    throw new RangeError('The statement must be one line of ASCII without " % < > \\ ^ ` { | }.');
  }
}
