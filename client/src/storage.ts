import { isLater, type Grant } from './session.js';

/**
 * Where tokens outlive the page: `localStorage`, `sessionStorage`, React Native's `AsyncStorage`, or
 * anything else of that form, answering at once or later.
 *
 * Whatever script runs on the page can read Web Storage, and so take the tokens elsewhere; from memory,
 * the default, it can only use them while the page is open (OWASP HTML5 Security, "Local Storage").
 */
export interface TokenStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

/** What the storage has under the key; nothing, where it has something else. */
export async function load(storage: TokenStorage, key: string): Promise<Grant | undefined> {
  const text = await storage.getItem(key);
  if (text === null) return undefined;
  try {
    const grant = JSON.parse(text) as Grant | null;
    return grant?.session ? grant : undefined;
  } catch {
    return undefined;
  }
}

export async function save(storage: TokenStorage, key: string, grant: Grant): Promise<void> {
  await storage.setItem(key, JSON.stringify(grant));
}

/** Keeps what another tab got, unless a later grant is kept already. */
export async function saveIfLater(storage: TokenStorage, key: string, grant: Grant): Promise<void> {
  const kept = await load(storage, key);
  if (kept === undefined || isLater(grant, kept)) await save(storage, key, grant);
}

/** Removes the grant of that session, not one of another session that took its place. */
export async function remove(storage: TokenStorage, key: string, sessionId: string): Promise<void> {
  const kept = await load(storage, key);
  if (kept === undefined || kept.session.id === sessionId) await storage.removeItem(key);
}
