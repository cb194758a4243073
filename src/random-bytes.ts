import { randomFillSync } from 'node:crypto';

/** Bytes that are drawn at once. */
const POOL_SIZE = 4096;

const pool = Buffer.alloc(POOL_SIZE);
let used = POOL_SIZE;

/**
 * Returns bytes from `crypto.randomFillSync` for ids, salts, nonces and initialization vectors. It draws many at once,
 * because each draw takes longer than most of what the bytes are for. No byte is returned twice, and returned bytes are
 * erased from the pool. Secrets come from `crypto.randomBytes` directly, so that future ones are never in memory.
 * @param length at most 4096
 */
export function pooledRandomBytes(length: number): Buffer {
  if (length > POOL_SIZE) throw new RangeError(`At most ${POOL_SIZE} bytes at a time.`);
  if (used + length > POOL_SIZE) {
    randomFillSync(pool);
    used = 0;
  }
  const drawn = pool.subarray(used, used + length);
  used += length;
  const bytes = Buffer.from(drawn);
  drawn.fill(0);
  return bytes;
}
