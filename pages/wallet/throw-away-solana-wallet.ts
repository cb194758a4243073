import type { MessageWallet } from '../../client/src/index.js';
import { encodeBase58 } from '../../src/accounts/base58.js';
import { settings } from '../settings.js';

const KEY = 'wallet-sessions:throw-away-solana-key';

/** A Solana wallet for trying things out, the same one as long as the tab is open. Nothing of value belongs to it. */
export async function throwAwaySolanaWallet(): Promise<MessageWallet> {
  const [{ ed25519 }, { solanaWallet }] = await Promise.all([
    import('@noble/curves/ed25519.js'),
    import('../../client/src/solana.js'),
  ]);
  const kept = sessionStorage.getItem(KEY);
  const secretKey =
    kept === null
      ? ed25519.utils.randomSecretKey()
      : Uint8Array.from(JSON.parse(kept) as readonly number[]);
  sessionStorage.setItem(KEY, JSON.stringify([...secretKey]));
  return solanaWallet(
    {
      publicKey: encodeBase58(ed25519.getPublicKey(secretKey)),
      signMessage: (message) => Promise.resolve(ed25519.sign(message, secretKey)),
    },
    { chainId: settings.chainIds.find((chainId) => chainId.startsWith('solana:')) },
  );
}
