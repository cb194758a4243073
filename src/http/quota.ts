/** Key for what is counted for the whole instance. */
export const EVERYBODY = '';

/** Counts an amount per key. */
export interface Quota {
  /** Adds to the amount of the key (default 1) and returns true, or returns false if it would exceed the limit. */
  take(key: string, amount?: number): boolean;
  give(key: string, amount?: number): void;
  held(key: string): number;
}

/** @param limit maximum amount per key; 0 means no limit */
export function createQuota(limit: number): Quota {
  const held = new Map<string, number>();
  return {
    take(key, amount = 1) {
      const sum = (held.get(key) ?? 0) + amount;
      if (limit > 0 && sum > limit) return false;
      held.set(key, sum);
      return true;
    },
    give(key, amount = 1) {
      const rest = (held.get(key) ?? amount) - amount;
      if (rest > 0) held.set(key, rest);
      else held.delete(key);
    },
    held: (key) => held.get(key) ?? 0,
  };
}
