import type { ChainId } from '../accounts/account-id.js';
import { createEthereum } from './ethereum/ethereum.js';
import {
  createAccountVerifier,
  type ObserveVerification,
  type VerifyContractSignature,
} from './ethereum/signature.js';
import type { VerifySignature, WalletKind } from './kind.js';
import { verifySolanaSignature } from './solana/signature.js';
import { createSolana } from './solana/solana.js';

interface KindOptions {
  /** Verifies signatures of EOAs. Default {@link createAccountVerifier}. */
  readonly verifySignature?: VerifySignature | undefined;
  /** Verifiers of Ethereum contracts by chain. */
  readonly contractVerifiers: ReadonlyMap<ChainId, VerifyContractSignature>;
  /** Observes the verification of signatures. */
  readonly observeVerification?: ObserveVerification | undefined;
}

/** The kinds of wallets that can sign in. A new kind is registered here. */
export function createKinds({
  verifySignature = createAccountVerifier(),
  contractVerifiers,
  observeVerification: observed = (_signer, verify) => verify,
}: KindOptions): WalletKind[] {
  return [
    createEthereum({
      verifySignature: observed('account', verifySignature),
      contractVerifiers: new Map(
        Array.from(contractVerifiers, ([chainId, verify]) => [
          chainId,
          observed('contract', verify),
        ]),
      ),
    }),
    createSolana(observed('account', verifySolanaSignature)),
  ];
}
