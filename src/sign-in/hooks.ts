import type { ChainId } from '../accounts/account-id.js';
import type { Capabilities } from './kind.js';
import type { ClientInfo } from '../sessions/session.js';
import type { WalletIdentity } from '../accounts/wallet.js';

/** A sign-in whose message, signature and nonce are good, before its session is created. */
export interface SignInAttempt<Request = unknown> extends WalletIdentity {
  /** The CAIP-2 chain id of the chain that the message names. */
  readonly chainId: ChainId;
  /**
   * What the message authorizes besides the sign-in: the capabilities of a ReCap (ERC-5573), which the statement described
   * to the owner. They are not kept with the session.
   */
  readonly capabilities?: Capabilities | undefined;
  /** The connector that signed, as the client named it. */
  readonly walletType?: string | undefined;
  /** What the client calls the device. */
  readonly device?: string | undefined;
  /** Who sent it. */
  readonly source: ClientInfo;
  /** The request that it came with, as the application's server has it; none over a WebSocket. */
  readonly request?: Request | undefined;
}

/** Where an application has a say in a sign-in. The sign-in waits for both, and fails where one throws. */
export interface SignInHooks<Request = unknown> {
  /**
   * Says which user of the application the session is linked to: `session.userId`, for as long as it lives.
   * `undefined` or `null` makes a session of the wallet alone.
   */
  linkUser?(
    attempt: SignInAttempt<Request>,
  ): string | null | undefined | Promise<string | null | undefined>;
  /**
   * Lets a sign-in pass by returning. To refuse it, throw a `WalletSessionsError` with the code
   * `SIGN_IN_REFUSED` and what the client is to be told.
   */
  onSignIn?(
    attempt: SignInAttempt<Request> & { readonly userId: string | undefined },
  ): void | Promise<void>;
}
