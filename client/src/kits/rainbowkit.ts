import { useCallback, useSyncExternalStore } from 'react';
import type { WalletSessionsClient } from '../client.js';
import type { SessionState } from '../session.js';
import { createKitSignIn, type KitMessage, type KitOptions } from './kit-sign-in.js';
import { isOf } from './session-account.js';

/** What `RainbowKitAuthenticationProvider` of RainbowKit 2.2 takes as `adapter`. */
export interface RainbowKitAdapter {
  getNonce(): Promise<string>;
  createMessage(message: KitMessage): string | Promise<string>;
  verify(signed: { readonly message: string; readonly signature: string }): Promise<boolean>;
  signOut(): Promise<void>;
}

/** The value of RainbowKit's `status`. */
export type RainbowKitStatus = 'loading' | 'authenticated' | 'unauthenticated';

/**
 * The `adapter` of `RainbowKitAuthenticationProvider`. Make one for the application, outside of its components. RainbowKit
 * signs out when the wallet disconnects and when its account changes: only the client's own session is logged out.
 */
export function createRainbowKitAdapter(
  client: WalletSessionsClient,
  options?: KitOptions,
): RainbowKitAdapter {
  const { verify, ...steps } = createKitSignIn(client, options);
  return {
    ...steps,
    // RainbowKit shows the same for false and for an error.
    verify: (signed) =>
      verify(signed).then(
        () => true,
        () => false,
      ),
  };
}

/**
 * The `status` of `RainbowKitAuthenticationProvider`: after a reload the stored session is authenticated, without another
 * signature.
 * @param address the connected account (`useAccount().address` of wagmi): a session of another account is then
 * `unauthenticated`, as after a change of account while the page was closed. Default: a session of any account counts
 */
export function useRainbowKitStatus(
  client: WalletSessionsClient,
  address?: string,
): RainbowKitStatus {
  const subscribe = useCallback((render: () => void) => client.on('change', render), [client]);
  return useSyncExternalStore(
    subscribe,
    () => statusOf(client.state, address),
    () => 'loading',
  );
}

function statusOf(
  { status, session }: SessionState,
  address: string | undefined,
): RainbowKitStatus {
  if (status === 'loading') return 'loading';
  const isSignedIn = session !== undefined && (address === undefined || isOf(session, address));
  return isSignedIn ? 'authenticated' : 'unauthenticated';
}
