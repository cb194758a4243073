export { WalletSessionsProvider, useSession, useWalletSessions } from './hooks.js';
