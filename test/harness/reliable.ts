import { setImmediate } from 'node:timers/promises';
import type { OpenStore } from '../../src/stores/open-store.js';

/** Resolves when the store has proved that it tells of every change. */
export async function reliable({ invalidations }: OpenStore): Promise<void> {
  while (!invalidations.upToDate()) await setImmediate();
}
