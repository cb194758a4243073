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

/** What a client tells its listeners. */
export interface ClientEvents {
  /** Signed in, refreshed, signed out: the new `state`. */
  change: SessionState;
  /** This client's session ended, and why. */
  end: SessionEnd;
  /** One of the wallet's sessions ended, on any device: in order, and once each unless a failover of the service's store undid it. */
  revocation: Revocation;
  /** Something failed that nobody waits for, and will be tried again. For a log. */
  error: unknown;
}

/** A page of the wallet's sessions. */
export interface SessionPage {
  /** Without those that cannot be shown: there may be fewer than asked for, or none, before the last page. */
  readonly sessions: readonly Session[];
  /** How many there are on all pages together. */
  readonly totalCount: number;
  /** For `after`; `undefined` on the last page. */
  readonly endCursor: string | undefined;
}

/** The variables may be left out where the document needs none. */
export type RequestArguments<Variables> =
  Partial<Variables> extends Variables
    ? [variables?: Variables | undefined, options?: DocumentOptions | undefined]
    : [variables: Variables, options?: DocumentOptions | undefined];

/**
 * A wallet's session, from the side of the application. Every method rejects with a
 * `ClientError`; none loses the session because the network or the service failed.
 */
export interface WalletSessionsClient {
  /** What is known without asking. The same object until something changes. */
  readonly state: SessionState;
  /** Resolves when the storage has been read and `state` is no longer `loading`. */
  readonly ready: Promise<void>;
  /**
   * Signs in with a wallet. A session that the client had before is logged out.
   * @throws WalletError where the wallet did not sign; RefusedError with the codes of `signIn`;
   * NetworkError
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
   * Has the wallet sign anew in the session that there is, for what else answers REAUTHENTICATION_REQUIRED.
   * Then replaces its tokens, so that nobody else who has them profits from the signature. Resolves with the session and its
   * new `authenticatedAt`.
   * @throws WalletError where the wallet did not sign; RefusedError with the codes of `reauthenticate`
   * (`WALLET_MISMATCH`, `UNAUTHENTICATED`, …); NetworkError
   */
  reauthenticate(wallet: Wallet, options?: ReauthenticateOptions): Promise<Session>;
  /** Asks the service for the session; `null` where there is none, or none any more. */
  session(options?: RequestOptions): Promise<Session | null>;
  /** The wallet's active sessions, newest first. */
  sessions(options?: PageOptions): Promise<SessionPage>;
  /**
   * Logs out this client's session, or another one of the wallet. A session that has already ended is not an error.
   * @throws RefusedError with `REAUTHENTICATION_REQUIRED` where the wallet signed in to the other session later than to
   * this client's, which is not fresh, and no wallet was given to sign again (`reauthenticate`)
   */
  logout(sessionId?: string, options?: DocumentOptions): Promise<void>;
  /**
   * Logs out every session of the wallet, and resolves to their ids.
   * @throws RefusedError with `REAUTHENTICATION_REQUIRED`, as `logout`: then none was logged out
   */
  logoutAll(options?: LogoutAllOptions): Promise<LogoutAllMutation['logoutAll']>;
  /** Drops the tokens without a word to the service, where the session lives on until it expires. */
  forget(): Promise<void>;
  /**
   * One operation of the API, or of the application's own that embeds it: a typed document of codegen,
   * or a string.
   */
  request<Result = unknown, Variables = Record<string, unknown>>(
    document: TypedDocument<Result, Variables>,
    ...rest: RequestArguments<Variables>
  ): Promise<Result>;
  /** The access token, for another GraphQL client; `undefined` without a session, and if tokens are in cookies. */
  accessToken(): Promise<string | undefined>;
  /** Refreshes now, for another GraphQL client that was answered UNAUTHENTICATED. The session may turn out to have ended. */
  refresh(): Promise<void>;
  /**
   * Calls the listener for each event; the function returned stops it. While there are listeners (other
   * than for errors) the client keeps a WebSocket open for its session.
   */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (event: ClientEvents[Name]) => void,
  ): () => void;
  /** Stops refreshing and listening for good. The session is neither logged out nor forgotten. */
  close(): void;
}
