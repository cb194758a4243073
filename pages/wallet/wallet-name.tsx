import type { Session } from '../../src/client/index.js';

/** Who is signed in. A contract is somebody only together with its chain. */
export function WalletName({ of }: { readonly of: Session }) {
  return (
    <>
      <code>{of.wallet}</code>
      {of.contractChainId && `, a contract on chain ${of.contractChainId}`}
    </>
  );
}
