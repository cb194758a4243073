import { createSignInMessageText } from '@solana/wallet-standard-util';
import type { BrowserContext } from 'playwright-core';
import type { TestSolanaWallet } from './solana-wallet.js';

type SignInInput = Parameters<typeof createSignInMessageText>[0];

/**
 * Adds a wallet extension to a browser window that registers itself (Wallet Standard), and writes and signs messages with
 * the key of the wallet (`solana:signIn`).
 */
export async function registerStandardWallet(
  context: BrowserContext,
  name: string,
  wallet: TestSolanaWallet,
): Promise<void> {
  await context.exposeFunction('signInWithStandardWallet', (input: SignInInput) => {
    const text = createSignInMessageText({ ...input, address: wallet.address });
    const signedMessage = Buffer.from(text);
    return [[...signedMessage], [...wallet.signBytes(signedMessage)]];
  });
  await context.addInitScript(registerWallet, name);
}

/** Runs in the page before the page's own scripts. */
function registerWallet(name: string): void {
  const scope = globalThis as unknown as EventTarget & {
    signInWithStandardWallet(input: unknown): Promise<[number[], number[]]>;
  };
  const wallet = {
    version: '1.0.0',
    name,
    icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
    chains: ['solana:mainnet', 'solana:devnet'],
    accounts: [],
    features: {
      'solana:signIn': {
        version: '1.0.0',
        async signIn(input: unknown) {
          const [message, signature] = await scope.signInWithStandardWallet(input);
          const signedMessage = Uint8Array.from(message);
          return [{ signedMessage, signature: Uint8Array.from(signature) }];
        },
      },
    },
  };
  interface Api {
    register(wallet: unknown): void;
  }
  const register = ({ register }: Api) => {
    register(wallet);
  };
  scope.addEventListener('wallet-standard:app-ready', (event) => {
    register((event as CustomEvent<Api>).detail);
  });
  scope.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
}
