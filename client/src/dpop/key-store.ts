import {
  surroundings,
  type Database,
  type DatabaseFactory,
  type DatabaseRequest,
  type ObjectStore,
  type ProofKeyPair,
} from './surroundings.js';

/**
 * The keys of sessions, by session id: in IndexedDB, which keeps keys that no script can read and shares them with all tabs
 * of an origin, or in memory where there is no IndexedDB.
 */
export interface KeyStore {
  get(sessionId: string): Promise<ProofKeyPair | undefined>;
  put(sessionId: string, pair: ProofKeyPair): Promise<void>;
}

/** The store of an application that has one key for all sessions. */
export function storeOf(pair: ProofKeyPair): KeyStore {
  return { get: () => Promise.resolve(pair), put: () => Promise.resolve() };
}

const STORE = 'keys';

/** How many keys are kept. The ids of sessions are in the order of their time, so the first ones are the oldest. */
const MAX_KEYS = 20;

/** @param name the name of the database */
export function openKeyStore(name: string): KeyStore {
  /** Each request needs its key. */
  const known = new Map<string, ProofKeyPair>();
  const { indexedDB } = surroundings;
  let opening: Promise<Database> | undefined;

  async function keys(
    factory: DatabaseFactory,
    mode: 'readonly' | 'readwrite',
  ): Promise<ObjectStore> {
    opening ??= open(factory, name);
    return (await opening).transaction(STORE, mode).objectStore(STORE);
  }

  return {
    async get(sessionId) {
      const inMemory = known.get(sessionId);
      if (inMemory !== undefined || indexedDB === undefined) return inMemory;
      const stored = await settled((await keys(indexedDB, 'readonly')).get(sessionId));
      if (stored !== undefined) known.set(sessionId, stored as ProofKeyPair);
      return stored as ProofKeyPair | undefined;
    },
    async put(sessionId, pair) {
      known.set(sessionId, pair);
      for (const id of oldest([...known.keys()])) known.delete(id);
      if (indexedDB === undefined) return;
      const store = await keys(indexedDB, 'readwrite');
      await settled(store.put(pair, sessionId));
      const all = await settled((await keys(indexedDB, 'readonly')).getAllKeys());
      for (const id of oldest(all.map(String))) {
        await settled((await keys(indexedDB, 'readwrite')).delete(id));
      }
    },
  };
}

const oldest = (ids: string[]) => ids.sort().slice(0, Math.max(0, ids.length - MAX_KEYS));

function open(factory: DatabaseFactory, name: string): Promise<Database> {
  const request = factory.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE);
  };
  return settled(request);
}

function settled<Value>(request: DatabaseRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- It is a DOMException.
      reject(request.error);
    };
  });
}
