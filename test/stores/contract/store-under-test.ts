import type { OpenStore } from '../../../src/stores/open-store.js';
import type { FakeClock } from '../../harness/clock.js';

/** The store that the parts of the contract test. */
export interface StoreUnderTest {
  readonly clock: FakeClock;
  readonly store: () => OpenStore;
  /** A second instance on the same data. */
  readonly elsewhere: () => OpenStore;
}
