import {
  createContext,
  createElement,
  useCallback,
  useContext,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import type { SessionState, WalletSessionsClient } from './index.js';

const ClientContext = createContext<WalletSessionsClient | undefined>(undefined);

/** Provides the client to hooks. Create one client for the application, outside of its components. */
export function WalletSessionsProvider({
  client,
  children,
}: {
  readonly client: WalletSessionsClient;
  readonly children?: ReactNode | undefined;
}) {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** Returns the client of the provider. @throws Error without a provider */
export function useWalletSessions(): WalletSessionsClient {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error('There is no <WalletSessionsProvider> around this.');
  return client;
}

/** A server has no session. */
const ON_THE_SERVER: SessionState = { status: 'loading' };

/** Returns the client's state; re-renders the component when it changes. */
export function useSession(): SessionState {
  const client = useWalletSessions();
  const subscribe = useCallback((render: () => void) => client.on('change', render), [client]);
  return useSyncExternalStore(
    subscribe,
    () => client.state,
    () => ON_THE_SERVER,
  );
}
