import type { SignedMessage } from './signed-message.js';
import type { Clock } from './clock.js';
import type { Fetch } from './post.js';
import type { TokenStorage } from './storage.js';
import type { WebSocketClass } from './subscription-socket.js';
import type { Wallet } from './wallet.js';

/** The address of the service, and what the client uses of its platform. */
export interface WalletSessionsClientOptions {
  /** The URL of the GraphQL API: `https://app.example.com/graphql`. In a browser, a path is enough: `/graphql`. */
  readonly url: string;
  /** The URL of the API over WebSocket. Default: `url`, with `ws:` or `wss:`. */
  readonly webSocketUrl?: string | undefined;
  /** Where the tokens are stored. Default: only in memory. */
  readonly storage?: TokenStorage | undefined;
  /**
   * Clients of one name and one origin share one session, in tabs, windows and workers. The name is also the key in
   * the storage. Default in a browser: made from `url`. In Node.js, a client without a name shares nothing.
   */
  readonly name?: string | undefined;
  /**
   * Whether the service keeps the tokens of browsers in cookies (`COOKIES=true`). The client then requests its session
   * when it starts, and sends cookies to other origins of the site. Default false.
   */
  readonly cookies?: boolean | undefined;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** Opens the sockets for events. Default: the global `WebSocket`. Node.js before 22 has none: pass that of the package `ws`. */
  readonly webSocket?: WebSocketClass | undefined;
  /** Headers of every HTTP request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long to wait for a response, in milliseconds. Default 8,000. */
  readonly timeout?: number | undefined;
  /** The source of time, for tests. Default: the clock of the machine. */
  readonly clock?: Clock | undefined;
}

/** Options of every request. */
export interface RequestOptions {
  /** Cancels the request, which rejects with the signal's reason or, if it has none, with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of requests that may need a fresh signature. */
export interface DocumentOptions extends RequestOptions {
  /**
   * The wallet that signs again if the request fails with `REAUTHENTICATION_REQUIRED`; the request is then sent once
   * more. Default: none, and the request rejects with that code.
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
  /** The CAIP-2 id of the chain to sign in on. If given, the nonce works only on it. Default: the chain of `account`, or any allowed chain. */
  readonly chainId?: string | undefined;
}

/** A signed message of a challenge, and how to describe the session that it starts. */
export interface SignedChallenge extends SignedMessage, Omit<SignInOptions, 'chainId'> {}

/** How a wallet signs, and its names in lists of sessions. */
export interface SignInOptions extends ReauthenticateOptions {
  /** The name of the connector that signs: `MetaMask`, `WalletConnect`, … At most 100 characters. */
  readonly walletType?: string | undefined;
  /** The name of this device in lists of sessions. At most 100 characters. */
  readonly device?: string | undefined;
  /**
   * Whether to log out all other sessions of the wallet in the same step: for an owner whose token may have been stolen.
   * Default false.
   */
  readonly logoutOthers?: boolean | undefined;
}

/** Which page of the sessions. */
export interface PageOptions extends RequestOptions {
  /** Page size, 0 to 100. Default 100. */
  readonly first?: number | undefined;
  /** The `endCursor` of the previous page. */
  readonly after?: string | undefined;
}

/** Which sessions to log out. */
export interface LogoutAllOptions extends DocumentOptions {
  /** Whether to keep this client's session. Default false. */
  readonly keepCurrent?: boolean | undefined;
}
