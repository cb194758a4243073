import { LRUCache } from 'lru-cache';

/**
 * A cache of at most `max` entries, which drops the least recently used one. Its memory grows with its entries: with its
 * option `max`, `LRUCache` fills arrays of that length at once, which takes nine milliseconds for 50 000 entries.
 * @param dispose is called for each entry that leaves the cache, with the reason
 */
export function createBoundedCache<Key extends string, Value extends object | number | true>(
  max: number,
  dispose?: LRUCache.Disposer<Key, Value>,
): LRUCache<Key, Value> {
  return new LRUCache<Key, Value>({
    maxSize: max,
    sizeCalculation: () => 1,
    ...(dispose && { dispose }),
  });
}
