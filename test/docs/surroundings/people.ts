import { Wallet } from 'ethers';
import {
  createWalletSessionsClient,
  type EthersSigner,
  type WalletSessionsClient,
} from 'wallet-sessions-client';

/** The account used in the documentation: the first of the BIP-39 test mnemonic. It is an administrator. */
export const administrator = Wallet.fromPhrase(`${'abandon '.repeat(11)}about`);

/** A client of the service in which the wallet has signed in. */
export async function signedIn(
  wallet: EthersSigner,
  device = 'A device',
): Promise<WalletSessionsClient> {
  const client = createWalletSessionsClient({ url: 'http://localhost:4000/graphql' });
  await client.signIn(wallet, { device });
  return client;
}
