import type { TokenStorage } from '../../client/src/index.js';

export interface TestStorage extends TokenStorage {
  readonly items: Map<string, string>;
  /** The stored tokens. */
  grant(): { accessToken: string; refreshToken: string };
}

/** A synchronous storage, such as `localStorage`. */
export function aWebStorage(): TestStorage {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
    grant() {
      const [text] = items.values();
      if (text === undefined) throw new Error('The storage is empty.');
      return JSON.parse(text) as { accessToken: string; refreshToken: string };
    },
  };
}

/** An asynchronous storage, such as that of React Native. */
export function aStorage(): TestStorage {
  const storage = aWebStorage();
  return {
    ...storage,
    getItem: (key) => Promise.resolve(storage.getItem(key)),
    setItem: (key, value) => Promise.resolve(storage.setItem(key, value)),
    removeItem: (key) => Promise.resolve(storage.removeItem(key)),
  };
}
