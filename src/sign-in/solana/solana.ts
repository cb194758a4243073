import { solana } from '../../accounts/solana.js';
import type { VerifySignature, WalletKind } from '../kind.js';
import { GREETING, parseSolanaMessage, writeSolanaMessage } from './message.js';
import { isEnvelope } from './off-chain-message.js';

/** Sign In With Solana: accounts with an ed25519 key, also on a Ledger. */
export function createSolana(verifySignature: VerifySignature): WalletKind {
  return {
    namespace: solana,
    recognizes: (text) => isEnvelope(text) || text.split('\n', 1)[0]?.endsWith(GREETING) === true,
    parse: parseSolanaMessage,
    write: writeSolanaMessage,
    verify: async (message, signature) =>
      (await verifySignature(message, signature)) ? message.account : undefined,
  };
}
