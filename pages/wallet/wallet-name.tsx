import type { Session } from '../../client/src/index.js';

/** Who is signed in. A contract is somebody only together with its chain. */
export function WalletName({ of }: { readonly of: Session }) {
  return (
    <>
      <code>{of.wallet}</code>
      {of.contractChainId && `, a contract on chain ${of.contractChainId}`}
    </>
  );
}
