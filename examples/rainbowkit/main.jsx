// A React application whose users sign in with RainbowKit, and see and log out their sessions. Bundle it with Vite. Its
// development server (http://localhost:5173) passes /graphql on to the service:
//
//   server: { proxy: { '/graphql': { target: 'http://localhost:4000', ws: true } } }
//
// The service keeps the tokens in cookies and allows the origin of the page:
//
//   COOKIES=true SIGN_IN_ORIGINS=http://localhost:5173 npm start
import '@rainbow-me/rainbowkit/styles.css';
import {
  ConnectButton,
  RainbowKitAuthenticationProvider,
  RainbowKitProvider,
} from '@rainbow-me/rainbowkit';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { createConfig, http, injected, useAccount, WagmiProvider } from 'wagmi';
import { mainnet } from 'wagmi/chains';
import { createWalletSessionsClient } from 'wallet-sessions-client';
import { createRainbowKitAdapter, useRainbowKitStatus } from 'wallet-sessions-client/rainbowkit';
import {
  useSession,
  useWalletSessions,
  WalletSessionsProvider,
} from 'wallet-sessions-client/react';

// The service has COOKIES=true: no script of the page can read the tokens.
const client = createWalletSessionsClient({ url: '/graphql', cookies: true });
const adapter = createRainbowKitAdapter(client, { onError: console.error });
const queries = new QueryClient();
const wagmi = createConfig({
  chains: [mainnet],
  connectors: [injected()],
  transports: { [mainnet.id]: http() },
});

function Authentication({ children }) {
  const status = useRainbowKitStatus(client, useAccount().address);
  return (
    <RainbowKitAuthenticationProvider adapter={adapter} status={status}>
      <RainbowKitProvider>{children}</RainbowKitProvider>
    </RainbowKitAuthenticationProvider>
  );
}

function Sessions() {
  const { session, end } = useSession();
  const walletSessions = useWalletSessions();
  const { data, refetch } = useQuery({
    queryKey: ['sessions', session?.id],
    queryFn: () => walletSessions.sessions(),
    enabled: session !== undefined,
  });
  if (session === undefined) return end && <p>Signed out: {end.reason}</p>;
  return (
    <ul>
      {data?.sessions.map(({ id, userAgent, createdAt }) => (
        <li key={id}>
          {userAgent}, since {createdAt}{' '}
          <button onClick={() => walletSessions.logout(id).then(() => refetch(), console.error)}>
            {id === session.id ? 'Log out' : 'Log out there'}
          </button>
        </li>
      ))}
    </ul>
  );
}

createRoot(document.body).render(
  <WagmiProvider config={wagmi}>
    <QueryClientProvider client={queries}>
      <WalletSessionsProvider client={client}>
        <Authentication>
          <ConnectButton />
          <Sessions />
        </Authentication>
      </WalletSessionsProvider>
    </QueryClientProvider>
  </WagmiProvider>,
);
