import '../page.ts';
import { createWalletSessionsClient } from 'wallet-sessions-client';

const client = createWalletSessionsClient({ url: 'http://localhost:4000/graphql' });
await client.signIn(window.ethereum);

// <snippet>

await client.logout();
await subscriptions.dispose();
client.close();
