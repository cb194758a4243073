import type { Clock } from './clock.js';
import type { Fetch } from './post.js';
import type { TokenStorage } from './storage.js';
import type { WebSocketClass } from './subscription-socket.js';
import type { Wallet } from './wallet.js';

export interface WalletSessionsClientOptions {
  /** Where the GraphQL API is: `https://app.example.com/graphql`; on a page also `/graphql`. */
  readonly url: string;
  /** Where it is over WebSocket. Default: the same place. */
  readonly webSocketUrl?: string;
  /** Where tokens outlive the page. Default: nowhere, they are kept in memory. */
  readonly storage?: TokenStorage;
  /**
   * Clients of one name and one origin share one session: in tabs, windows and workers. Also the key in
   * the storage. Default on a page: made from `url`. Elsewhere a client without a name shares nothing.
   */
  readonly name?: string;
  /**
   * Whether the service keeps the tokens of browsers in cookies (`COOKIES=true`): then the client asks for
   * its session when it starts, and requests to other origins of the site take cookies along. Default: not.
   */
  readonly cookies?: boolean;
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Default: the global `WebSocket`. Before Node 22 there is none: give that of the package `ws`. */
  readonly webSocket?: WebSocketClass;
  /** Sent with every HTTP request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for an answer, in milliseconds. Default 8,000. */
  readonly timeout?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

export interface RequestOptions {
  /** Gives the request up; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface DocumentOptions extends RequestOptions {
  /**
   * The wallet to sign anew where the answer is REAUTHENTICATION_REQUIRED; then the request is sent once more.
   * Default: none, and the request rejects with that code.
   */
  readonly reauthenticate?: Wallet;
}

export interface ReauthenticateOptions extends RequestOptions {
  /** The EIP-155 id of the chain to sign on. Default: the one that the wallet is on. */
  readonly chainId?: number;
}

export interface SignInOptions extends ReauthenticateOptions {
  /** The connector that signs: `MetaMask`, `WalletConnect`, … At most 100 characters. */
  readonly walletType?: string;
  /** What to call this device in lists of sessions. At most 100 characters. */
  readonly device?: string;
}

export interface PageOptions extends RequestOptions {
  /** How many at the most: 0 to 100. Default 100. */
  readonly first?: number;
  /** The `endCursor` of the page before. */
  readonly after?: string;
}

export interface LogoutAllOptions extends RequestOptions {
  /** Whether to keep this client's session. Default: not. */
  readonly keepCurrent?: boolean;
}
