import { setImmediate } from 'node:timers/promises';
import type { OpenStore } from '../../src/stores/open-store.js';

/** Resolves when the store delivers every invalidation, so that the near-cache may be used. */
export async function reliable({ invalidations }: OpenStore): Promise<void> {
  while (!invalidations.upToDate()) await setImmediate();
}
