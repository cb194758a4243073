/** Key for what is counted for the whole instance. */
export const EVERYBODY = '';

/** How much of something each key holds at this moment. */
export interface Quota {
  /** Returns whether the key may have that much more (default 1); if so, it has it until it is given back. */
  take(key: string, amount?: number): boolean;
  give(key: string, amount?: number): void;
  held(key: string): number;
}

/** @param limit how much each key may have at once; 0 means no limit */
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
