import type { WalletSessionsClient } from '../client.js';
import { createKitSignIn, type KitMessage, type KitOptions } from './kit-sign-in.js';
import { addressOf } from './session-account.js';

type Hex = `0x${string}`;

/** What `SIWEProvider` of ConnectKit 1.9 takes as properties. */
export interface ConnectKitConfig {
  getNonce(): Promise<string>;
  createMessage(message: KitMessage): string | Promise<string>;
  verifyMessage(signed: { readonly message: string; readonly signature: string }): Promise<boolean>;
  getSession(): Promise<{ readonly address: Hex; readonly chainId: number } | null>;
  signOut(): Promise<boolean>;
  /** False: an EOA is the same wallet on every chain. */
  readonly signOutOnNetworkChange: boolean;
  /** In milliseconds. `getSession` asks the client, not the service. */
  readonly sessionRefetchInterval: number;
  /** In milliseconds: never. `createMessage` replaces a nonce that is too old. */
  readonly nonceRefetchInterval: number;
}

/** The properties of `SIWEProvider`. Make them once for the application, outside of its components. */
export function createConnectKitConfig(
  client: WalletSessionsClient,
  options?: KitOptions,
): ConnectKitConfig {
  const { verify, signOut, ...steps } = createKitSignIn(client, options);
  return {
    ...steps,
    async verifyMessage(signed) {
      await verify(signed);
      return true;
    },
    async getSession() {
      await client.ready;
      const { session } = client.state;
      if (session === undefined) return null;
      const chainId = Number(session.chainId.replace('eip155:', ''));
      return { address: addressOf(session) as Hex, chainId };
    },
    async signOut() {
      await signOut();
      return true;
    },
    signOutOnNetworkChange: false,
    // ConnectKit cannot be told that a session ended on another device: it must look.
    sessionRefetchInterval: 2000,
    nonceRefetchInterval: Infinity,
  };
}
