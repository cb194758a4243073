import { isLater, type Grant } from './session.js';

/**
 * A storage that keeps tokens beyond the page: `localStorage`, `sessionStorage`, React Native's `AsyncStorage`, or any
 * object of that form, synchronous or asynchronous.
 *
 * Any script in the page can read Web Storage and take the tokens. From memory, the default, it can only use them
 * while the page is open (OWASP HTML5 Security, "Local Storage").
 */
export interface TokenStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** The grant under the key; `undefined` for any other content. */
export async function load(storage: TokenStorage, key: string): Promise<Grant | undefined> {
  const text = await storage.getItem(key);
  try {
    // Without a record, it parses to null.
    const grant = JSON.parse(String(text)) as Grant | null;
    return grant?.session ? grant : undefined;
  } catch {
    return undefined;
  }
}

const loadIfReadable: typeof load = (storage, key) => load(storage, key).catch(() => undefined);

/** If it fails, nothing is stored: the refresh token of the old record is used, and presenting it would revoke the session. */
export async function save(storage: TokenStorage, key: string, grant: Grant): Promise<void> {
  try {
    await storage.setItem(key, JSON.stringify(grant));
  } catch (error) {
    await storage.removeItem(key);
    throw error;
  }
}

/** Stores the grant of another tab, unless a later one is stored already. */
export async function saveIfLater(storage: TokenStorage, key: string, grant: Grant): Promise<void> {
  const kept = await loadIfReadable(storage, key);
  if (!kept || isLater(grant, kept)) await save(storage, key, grant);
}

/** Removes the grant of a session, or a record that cannot be read, but not the grant of a later session. */
export async function remove(storage: TokenStorage, key: string, sessionId: string): Promise<void> {
  const kept = await loadIfReadable(storage, key);
  if (!kept || kept.session.id === sessionId) await storage.removeItem(key);
}
