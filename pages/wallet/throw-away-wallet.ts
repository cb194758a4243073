import type { EthersSigner } from '../../client/src/index.js';

const KEY = 'wallet-sessions:throw-away-key';

/** A wallet for trying things out, the same one as long as the tab is open. Nothing of value belongs to it. */
export async function throwAwayWallet(): Promise<EthersSigner> {
  const { Wallet } = await import('ethers');
  const kept = sessionStorage.getItem(KEY);
  const wallet = kept === null ? Wallet.createRandom() : new Wallet(kept);
  sessionStorage.setItem(KEY, wallet.privateKey);
  return wallet;
}
