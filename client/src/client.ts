import type { LogoutAllMutation } from './generated/documents.js';
import type { Challenge } from './signed-message.js';
import type {
  ChallengeOptions,
  DocumentOptions,
  LogoutAllOptions,
  PageOptions,
  ReauthenticateOptions,
  RequestOptions,
  SignedChallenge,
  SignInOptions,
} from './options.js';
import type { Revocation, Session, SessionEnd, SessionState } from './session.js';
import type { TypedDocument } from './typed-document.js';
import type { Wallet } from './wallet.js';

/** The events of a client. */
export interface ClientEvents {
  /** The client signed in, refreshed or signed out: the new `state`. */
  change: SessionState;
  /** This client's session ended, and why. */
  end: SessionEnd;
  /**
   * One of the wallet's sessions ended, on any device: in order, and once each unless a failover of the service's
   * store undid the revocation.
   */
  revocation: Revocation;
  /** Background work failed and will be retried. Log it. */
  error: unknown;
}

/** A page of the wallet's sessions. */
export interface SessionPage {
  /** Sessions that cannot be shown are left out, so a page may have fewer than requested, or none. */
  readonly sessions: readonly Session[];
  /** The number of sessions on all pages. */
  readonly totalCount: number;
  /** The value of `after` for the next page; `undefined` on the last page. */
  readonly endCursor: string | undefined;
}

/** The variables are optional if the document needs none. */
export type RequestArguments<Variables> =
  Partial<Variables> extends Variables
    ? [variables?: Variables | undefined, options?: DocumentOptions | undefined]
    : [variables: Variables, options?: DocumentOptions | undefined];

/**
 * Signs a wallet in and keeps its session. Every method rejects with a `ClientError`. A failure of the network or the
 * service never signs the client out.
 */
export interface WalletSessionsClient {
  /** The current state. The same object until something changes. */
  readonly state: SessionState;
  /** Resolves when the storage has been read and `state` is no longer `loading`. */
  readonly ready: Promise<void>;
  /**
   * Signs in with a wallet. A session that the client had before is logged out.
   * @throws WalletError if the wallet did not sign; RefusedError with the codes of `signIn`; NetworkError
   */
  signIn(wallet: Wallet, options?: SignInOptions): Promise<Session>;
  /**
   * The first half of a sign-in, for a kit or wallet that signs by itself: gets a nonce that works once and the other fields of
   * the message. With `account`, `message` is the complete text. Without it, `writeMessage` of
   * `wallet-sessions-client/message` writes the text.
   * @throws RefusedError with the codes of `createSignInChallenge`; NetworkError
   */
  createChallenge(options?: ChallengeOptions): Promise<Challenge>;
  /**
   * The second half of a sign-in: exchanges the signed message for a session. A session that the client had before is
   * logged out.
   * @throws RefusedError with the codes of `signIn`; NetworkError
   */
  completeSignIn(signed: SignedChallenge): Promise<Session>;
  /**
   * Asks the wallet to sign again in the current session, for operations that require a fresh signature
   * (`REAUTHENTICATION_REQUIRED`). Then refreshes the session, so that other holders of its tokens do not profit from
   * the signature. Resolves with the session and its new `authenticatedAt`.
   * @throws WalletError if the wallet did not sign; RefusedError with the codes of `reauthenticate`
   * (`WALLET_MISMATCH`, `UNAUTHENTICATED`, …); NetworkError
   */
  reauthenticate(wallet: Wallet, options?: ReauthenticateOptions): Promise<Session>;
  /** Requests the session from the service; `null` if there is none. */
  session(options?: RequestOptions): Promise<Session | null>;
  /** The wallet's active sessions, newest first. */
  sessions(options?: PageOptions): Promise<SessionPage>;
  /**
   * Logs out this client's session, or another one of the wallet. A session that has already ended is not an error.
   * @throws RefusedError with `REAUTHENTICATION_REQUIRED` if the wallet signed in to the other session later than to
   * this client's, which is not fresh, and the option `reauthenticate` has no wallet to sign again
   */
  logout(sessionId?: string, options?: DocumentOptions): Promise<void>;
  /**
   * Logs out every session of the wallet, and resolves to their ids.
   * @throws RefusedError with `REAUTHENTICATION_REQUIRED`, like `logout`; then no session was logged out
   */
  logoutAll(options?: LogoutAllOptions): Promise<LogoutAllMutation['logoutAll']>;
  /** Drops the tokens without telling the service. The session stays valid until it expires. */
  forget(): Promise<void>;
  /**
   * Sends one operation with the session's token: a typed document of GraphQL Code Generator, or a string.
   */
  request<Result = unknown, Variables = Record<string, unknown>>(
    document: TypedDocument<Result, Variables>,
    ...rest: RequestArguments<Variables>
  ): Promise<Result>;
  /** The access token, for another GraphQL client; `undefined` without a session, and if tokens are in cookies. */
  accessToken(): Promise<string | undefined>;
  /**
   * Refreshes the session now, for another GraphQL client that got `UNAUTHENTICATED`. Signs the client out if the
   * session has ended.
   */
  refresh(): Promise<void>;
  /**
   * Calls the listener for each event, until the returned function is called. While there are listeners (other than
   * for errors), the client keeps a WebSocket open for its session.
   */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (event: ClientEvents[Name]) => void,
  ): () => void;
  /** Stops refreshing and listening for good. The session is neither logged out nor forgotten. */
  close(): void;
}
