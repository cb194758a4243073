export type { Challenge, SignedMessage } from './signed-message.js';
export type {
  ClientEvents,
  RequestArguments,
  SessionPage,
  WalletSessionsClient,
} from './client.js';
export type { Clock } from './clock.js';
export { createWalletSessionsClient } from './create-client.js';
export {
  ClientError,
  NetworkError,
  RefusedError,
  WalletError,
  type AnsweredError,
  type ClientErrorCode,
} from './errors.js';
export type {
  ChallengeOptions,
  DocumentOptions,
  LogoutAllOptions,
  PageOptions,
  ReauthenticateOptions,
  RequestOptions,
  SignedChallenge,
  SignInOptions,
  WalletSessionsClientOptions,
} from './options.js';
export type { Fetch } from './post.js';
export type { EndReason, Revocation, Session, SessionEnd, SessionState } from './session.js';
export type { TokenStorage } from './storage.js';
export type { WebSocketClass } from './subscription-socket.js';
export type { TypedDocument } from './typed-document.js';
export type {
  Eip1193Provider,
  EthersSigner,
  MessageWallet,
  ViemAccount,
  ViemWalletClient,
  Wallet,
} from './wallet.js';
