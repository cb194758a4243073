import type { Session } from '../../client/src/index.js';

/** The wallet that is signed in. A contract is identified by its address and its chain together. */
export function WalletName({ of }: { readonly of: Session }) {
  const { address, contractChain } = describeWallet(of.wallet);
  return (
    <>
      <code>{address}</code>
      {contractChain !== undefined && `, a contract on chain ${contractChain}`}
    </>
  );
}

/** Reads a CAIP-10 account id. Ethereum accounts with a key are named with chain 0 (CAIP-69). */
export function describeWallet(wallet: string): { address: string; contractChain?: string } {
  const [namespace, reference = '', address = ''] = wallet.split(':');
  const isContract = namespace === 'eip155' && reference !== '0';
  return isContract ? { address, contractChain: reference } : { address };
}
