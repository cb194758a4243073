import type { TestService } from './service.js';
import type { TestWallet } from './wallet.js';

/** A name that clears a terminal, turns what follows it around, and hides something. */
export const UNSAFE_NAME = 'Pho\u009b2J\u001b[31mne\u202e\u2028gpj\u{e0041}\u200b';

/** What is left of it. */
export const VISIBLE_NAME = 'Pho2J[31mne gpj';

/** Stores a session as it may have been stored before names were cleaned. */
export async function storeUnsafeSession({ services }: TestService, wallet: TestWallet) {
  return services.sessions.create(
    { wallet: wallet.account, chainId: 'eip155:1', device: UNSAFE_NAME, walletType: UNSAFE_NAME },
    { ipAddress: '192.0.2.1', userAgent: UNSAFE_NAME },
  );
}
