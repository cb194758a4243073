// A page without a framework: a button for each Solana wallet of the browser, which signs in with it. Bundle it with Vite.
// Its development server (http://localhost:5173) passes /graphql on to the service:
//
//   server: { proxy: { '/graphql': { target: 'http://localhost:4000', ws: true } } }
//
// The service keeps the tokens in cookies and allows the origin of the page:
//
//   COOKIES=true SIGN_IN_ORIGINS=http://localhost:5173 SIGN_IN_CHAIN_IDS=solana:mainnet npm start
/* global document */
import { getWallets } from '@wallet-standard/app';
import { createWalletSessionsClient } from 'wallet-sessions-client';
import { solanaWallet } from 'wallet-sessions-client/solana';

const client = createWalletSessionsClient({ url: '/graphql', cookies: true });
const status = document.body.appendChild(document.createElement('p'));

client.on('change', ({ session, end }) => {
  if (session) status.textContent = `Signed in as ${session.wallet}`;
  else status.textContent = end ? `Signed out: ${end.reason}` : 'Signed out';
});

function offer(...wallets) {
  for (const wallet of wallets) {
    if (!wallet.chains.includes('solana:mainnet')) continue;
    const button = document.body.appendChild(document.createElement('button'));
    button.textContent = `Sign in with ${wallet.name}`;
    button.onclick = async () => {
      try {
        await client.signIn(solanaWallet(wallet), { walletType: wallet.name });
      } catch (error) {
        status.textContent = error.message;
      }
    };
  }
}

const wallets = getWallets();
offer(...wallets.get());
wallets.on('register', offer);
