import { Wallet } from 'ethers';
import {
  createWalletSessionsClient,
  type EthersSigner,
  type WalletSessionsClient,
} from 'wallet-sessions-client';

/** The account of the documentation: the first of the mnemonic that BIP-39 begins with. It may administrate. */
export const administrator = Wallet.fromPhrase(`${'abandon '.repeat(11)}about`);

/** A client of the service that its wallet has signed in with. */
export async function signedIn(
  wallet: EthersSigner,
  device = 'A device',
): Promise<WalletSessionsClient> {
  const client = createWalletSessionsClient({ url: 'http://localhost:4000/graphql' });
  await client.signIn(wallet, { device });
  return client;
}
