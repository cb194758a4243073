import { hash } from 'node:crypto';
import { createBoundedCache } from '../bounded-cache.js';

/** More entries than a reader sees at once. */
const MAX_REMEMBERED = 10_000;

/**
 * Counts the strings that were not passed before, so that an unreadable entry is reported when it is first noticed and
 * not on each read.
 */
export function createFirstSightingCounter(): (texts: readonly Uint8Array[]) => number {
  const known = createBoundedCache<string, true>(MAX_REMEMBERED);
  return (texts) => {
    const digests = new Set(texts.map((text) => hash('sha256', text, 'base64')));
    const unknown = [...digests].filter((digest) => !known.has(digest));
    for (const digest of unknown) known.set(digest, true);
    return unknown.length;
  };
}
