// An application in ECMAScript modules that signs in at the service whose URL it is given.
import { Wallet } from 'ethers';
import { createWalletSessionsClient } from 'wallet-sessions-client';
import { useSession } from 'wallet-sessions-client/react';

const client = createWalletSessionsClient({ url: process.argv[2] });
const wallet = Wallet.createRandom();
const session = await client.signIn(wallet);
const { totalCount } = await client.sessions();
await client.logout();
client.close();

console.log(
  JSON.stringify({
    signedIn: session.wallet === `eip155:0:${wallet.address}`,
    sessions: totalCount,
    status: client.state.status,
    hooks: typeof useSession,
  }),
);
