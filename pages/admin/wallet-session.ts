import type { WalletSessionsQuery } from '../generated/documents.js';

/** A session of the wallet that an administrator looks at. */
export type WalletSession = WalletSessionsQuery['walletSessions']['edges'][number]['node'];
