import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** More than a reader sees of broken entries at once. */
const MAX_REMEMBERED = 10_000;

/**
 * Tells how many of the texts given were never given before, so that what is broken is told of when it is
 * noticed and not each time that somebody looks.
 */
export function createFirstSightingCounter(): (texts: readonly Uint8Array[]) => number {
  const known = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  return (texts) => {
    const digests = new Set(texts.map((text) => hash('sha256', text, 'base64')));
    const unknown = [...digests].filter((digest) => !known.has(digest));
    for (const digest of unknown) known.set(digest, true);
    return unknown.length;
  };
}
