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
  /** A key that cannot be stored is used until the page is left. */
  put(sessionId: string, pair: ProofKeyPair): Promise<void>;
  remove(sessionId: string): Promise<void>;
}

/** The store of an application that has one key for all sessions. */
export function storeOf(pair: ProofKeyPair): KeyStore {
  const nothing = () => Promise.resolve();
  return { get: () => Promise.resolve(pair), put: nothing, remove: nothing };
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

  /** Resolves to `undefined` without a database, or if it fails: some browsers store no keys in private windows. */
  async function stored<Value>(
    mode: 'readonly' | 'readwrite',
    act: (keys: ObjectStore) => DatabaseRequest<Value>,
  ): Promise<Value | undefined> {
    try {
      if (indexedDB === undefined) return undefined;
      opening ??= open(indexedDB, name);
      return await settled(act((await opening).transaction(STORE, mode).objectStore(STORE)));
    } catch {
      return undefined;
    }
  }

  async function remove(sessionId: string): Promise<void> {
    known.delete(sessionId);
    await stored('readwrite', (keys) => keys.delete(sessionId));
  }

  return {
    async get(sessionId) {
      const inMemory = known.get(sessionId);
      if (inMemory !== undefined) return inMemory;
      const pair = await stored('readonly', (keys) => keys.get(sessionId));
      if (pair !== undefined) known.set(sessionId, pair as ProofKeyPair);
      return pair as ProofKeyPair | undefined;
    },
    async put(sessionId, pair) {
      known.set(sessionId, pair);
      await stored('readwrite', (keys) => keys.put(pair, sessionId));
      const ids = (await stored('readonly', (keys) => keys.getAllKeys())) ?? [...known.keys()];
      for (const id of oldest(ids.map(String))) await remove(id);
    },
    remove,
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
