import '../page.ts';
import { createWalletSessionsClient } from 'wallet-sessions-client';

const client = createWalletSessionsClient({ url: 'http://localhost:4000/graphql' });
await client.signIn(window.ethereum);

// <snippet>

// The end of the session must reach the subscription, and the client must not connect again.
const connected = new Promise((resolve) => subscriptions.on('connected', resolve));
const closed = new Promise<unknown>((resolve) => subscriptions.on('closed', resolve));
await connected;
await client.logout();
const event = await closed;
if (!(event instanceof CloseEvent) || event.code !== 4403) throw new Error(String(event));
await subscriptions.dispose();
client.close();
