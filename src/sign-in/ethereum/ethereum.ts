import { contractAt, type ChainId } from '../../accounts/account-id.js';
import { eip155 } from '../../accounts/eip155.js';
import type { VerifySignature, WalletKind } from '../kind.js';
import { GREETING, parseEthereumMessage, writeEthereumMessage } from './message.js';
import type { VerifyContractSignature } from './signature.js';

interface EthereumVerifiers {
  /** Verifies signatures of EOAs, on any chain. */
  readonly verifySignature: VerifySignature;
  /** Verifies signatures of contracts, by chain. */
  readonly contractVerifiers: ReadonlyMap<ChainId, VerifyContractSignature>;
}

/** Sign-In with Ethereum (EIP-4361): EOAs (EIP-191), and contracts (EIP-1271, EIP-6492). */
export function createEthereum({
  verifySignature,
  contractVerifiers,
}: EthereumVerifiers): WalletKind {
  return {
    namespace: eip155,
    recognizes: (text) => text.split('\n', 1)[0]?.endsWith(GREETING) === true,
    parse: parseEthereumMessage,
    write: writeEthereumMessage,
    async verify(message, signature, { source, admit }) {
      const { account, chainId } = message;
      if (await verifySignature(message, signature)) return account;
      const verifyContractSignature = contractVerifiers.get(chainId);
      if (verifyContractSignature === undefined) return undefined;
      await admit();
      const isValid = await verifyContractSignature(message, signature, source);
      return isValid ? contractAt(account, chainId) : undefined;
    },
  };
}
