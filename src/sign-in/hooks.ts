import type { ChainId } from '../accounts/account-id.js';
import type { Capabilities, ClientInfo } from '../sessions/session.js';
import type { WalletIdentity } from '../accounts/wallet.js';

/** A sign-in whose message, signature and nonce are valid, before its session is created. */
export interface SignInAttempt<Request = unknown> extends WalletIdentity {
  /** The CAIP-2 chain id of the chain that the message names. */
  readonly chainId: ChainId;
  /**
   * The capabilities that the message grants with a ReCap (ERC-5573), which its statement describes to the owner. The session
   * stores them, as `session.capabilities`.
   */
  readonly capabilities?: Capabilities | undefined;
  /** The client's name for the connector that signed. */
  readonly walletType?: string | undefined;
  /** The client's name for the device. */
  readonly device?: string | undefined;
  /** The client that sent the request. */
  readonly source: ClientInfo;
  /** The request of the application's server. `undefined` over a WebSocket. */
  readonly request?: Request | undefined;
}

/** Hooks of the application in a sign-in. The sign-in awaits both, and fails if one throws. */
export interface SignInHooks<Request = unknown> {
  /**
   * Returns the id of the application's user to link the session to, as its `session.userId`. Return `undefined` or `null`
   * for no user.
   */
  linkUser?(
    attempt: SignInAttempt<Request>,
  ): string | null | undefined | Promise<string | null | undefined>;
  /**
   * Allows a sign-in by returning. To refuse it, throw a `WalletSessionsError` with the code `SIGN_IN_REFUSED` and a message
   * for the client.
   */
  onSignIn?(
    attempt: SignInAttempt<Request> & { readonly userId: string | undefined },
  ): void | Promise<void>;
}
