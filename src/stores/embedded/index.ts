/** `wallet-sessions/embedded`: the store for a single process, in local files. */
export { StoreInUseError } from '../open-store.js';
export { openEmbeddedStore, type EmbeddedStoreOptions } from './open.js';
