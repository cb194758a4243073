'use strict';
// An application in CommonJS that signs in at the service whose URL it is given.
const { Wallet } = require('ethers');
const { createWalletSessionsClient } = require('wallet-sessions-client');
const { useSession } = require('wallet-sessions-client/react');

async function main() {
  const client = createWalletSessionsClient({ url: process.argv[2] });
  const wallet = Wallet.createRandom();
  const session = await client.signIn(wallet);
  client.close();
  const imported = await import('wallet-sessions-client');
  console.log(
    JSON.stringify({
      signedIn: session.wallet === `eip155:0:${wallet.address}`,
      hooks: typeof useSession,
      oneImplementation: imported.createWalletSessionsClient === createWalletSessionsClient,
    }),
  );
}

void main();
