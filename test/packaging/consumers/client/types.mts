// What an application in TypeScript reads out of the declarations, as an ECMAScript module.
import {
  createWalletSessionsClient,
  type Session,
  type WalletSessionsClient,
} from 'wallet-sessions-client';
import { useSession } from 'wallet-sessions-client/react';

export function start(): WalletSessionsClient {
  const client = createWalletSessionsClient({ url: 'https://api.example.com/graphql' });
  client.on('end', ({ reason }) => {
    console.log(reason);
  });
  return client;
}

export function useWallet(): string | undefined {
  const state = useSession();
  const session: Session | undefined = state.status === 'signed-in' ? state.session : undefined;
  return session?.wallet;
}

// @ts-expect-error The URL is required.
export const incomplete = createWalletSessionsClient({});
