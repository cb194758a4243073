/** `wallet-sessions/embedded`: the store for one process, in files of its own. */
export { StoreInUseError } from '../open-store.js';
export { openEmbeddedStore, type EmbeddedStoreOptions } from './open.js';
