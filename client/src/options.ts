import type { SignedMessage } from './signed-message.js';
import type { Clock } from './clock.js';
import type { Fetch } from './post.js';
import type { TokenStorage } from './storage.js';
import type { WebSocketClass } from './subscription-socket.js';
import type { Wallet } from './wallet.js';

/** Where the service is, and what the client may use of its surroundings. */
export interface WalletSessionsClientOptions {
  /** The GraphQL API: `https://app.example.com/graphql`. On a page, a path is enough: `/graphql`. */
  readonly url: string;
  /** The API over WebSocket. Default: `url`, with `ws:` or `wss:`. */
  readonly webSocketUrl?: string | undefined;
  /** Where the tokens are stored. Default: only in memory. */
  readonly storage?: TokenStorage | undefined;
  /**
   * Clients of one name and one origin share one session: in tabs, windows and workers. Also the key in
   * the storage. Default on a page: made from `url`. Elsewhere a client without a name shares nothing.
   */
  readonly name?: string | undefined;
  /**
   * Whether the service keeps the tokens of browsers in cookies (`COOKIES=true`): then the client asks for
   * its session when it starts, and requests to other origins of the site take cookies along. Default: not.
   */
  readonly cookies?: boolean | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** Default: the global `WebSocket`. Node.js before 22 has none: pass the one of the package `ws`. */
  readonly webSocket?: WebSocketClass | undefined;
  /** Sent with every HTTP request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long to wait for an answer, in milliseconds. Default 8,000. */
  readonly timeout?: number | undefined;
  /** Default: the machine's. */
  readonly clock?: Clock | undefined;
}

/** What can be said of every request. */
export interface RequestOptions {
  /** Cancels the request, which rejects with the signal's reason or, if it has none, with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of requests that may need a fresh signature. */
export interface DocumentOptions extends RequestOptions {
  /**
   * The wallet that signs again if the answer is REAUTHENTICATION_REQUIRED; the request is then sent once more.
   * Default: none, and the request rejects with that code.
   */
  readonly reauthenticate?: Wallet | undefined;
}

/** How a wallet signs. */
export interface ReauthenticateOptions extends RequestOptions {
  /** The CAIP-2 id of the chain to sign on: `eip155:8453`. Default: the chain that the wallet is on. */
  readonly chainId?: string | undefined;
}

/** What a challenge is for. */
export interface ChallengeOptions extends RequestOptions {
  /**
   * The CAIP-10 id of the account that will sign: `eip155:0:0x…` for an Ethereum account on any chain. If given, the nonce works
   * only for it. Default: any account.
   */
  readonly account?: string | undefined;
  /** The CAIP-2 id of the chain to sign in on. If given, the nonce works only on it. Default: any allowed chain. */
  readonly chainId?: string | undefined;
}

/** A signed message of a challenge, and how to describe the session that it starts. */
export interface SignedChallenge extends SignedMessage, Omit<SignInOptions, 'chainId'> {}

/** How a wallet signs, and what to call it in lists of sessions. */
export interface SignInOptions extends ReauthenticateOptions {
  /** The connector that signs: `MetaMask`, `WalletConnect`, … At most 100 characters. */
  readonly walletType?: string | undefined;
  /** What to call this device in lists of sessions. At most 100 characters. */
  readonly device?: string | undefined;
  /**
   * Whether to log out all other sessions of the wallet in the same step: for an owner whose token may have been stolen.
   * Default false.
   */
  readonly logoutOthers?: boolean | undefined;
}

/** Which page of the sessions. */
export interface PageOptions extends RequestOptions {
  /** How many at the most: 0 to 100. Default 100. */
  readonly first?: number | undefined;
  /** The `endCursor` of the page before. */
  readonly after?: string | undefined;
}

/** Which sessions to log out. */
export interface LogoutAllOptions extends DocumentOptions {
  /** Whether to keep this client's session. Default: not. */
  readonly keepCurrent?: boolean | undefined;
}
