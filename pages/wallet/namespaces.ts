import { settings } from '../settings.js';

/** The namespaces of wallets that the pages know, and what people call them. */
const NAMES = { eip155: 'Ethereum', solana: 'Solana' } as const;

export type WalletNamespace = keyof typeof NAMES;

const allowed = new Set(settings.chainIds.map((chainId) => chainId.split(':', 1)[0]));

/** Whether the service lets wallets of the namespace sign in. */
export function isAllowed(namespace: WalletNamespace): boolean {
  return allowed.has(namespace);
}

/** The name of the namespace, where it tells two entries of one wallet apart. */
export function nameIfAmbiguous(namespace: WalletNamespace): string | undefined {
  return allowed.size > 1 ? NAMES[namespace] : undefined;
}
