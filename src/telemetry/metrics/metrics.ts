import { collectDefaultMetrics, Registry } from 'prom-client';
import type { OperationObserver } from '../../server/operation-observer.js';
import type { Audit } from '../../audit/events.js';
import type { Clock } from '../../clock.js';
import type { ObserveVerification } from '../../sign-in/ethereum/signature.js';
import { observeStore } from '../../stores/observed-store.js';
import type { OpenStore } from '../../stores/open-store.js';
import { countAuditEvents } from './audit-events.js';
import { measureOperations } from './operations.js';
import { offerReadings, type Readings } from './read-when-asked.js';
import { measureRevocations } from './revocations.js';
import { measureStoreCalls } from './store-calls.js';
import { measureVerifications } from './verifications.js';

/**
 * The metrics of one instance, and the places to watch it from. No label has a value that a client chose:
 * there are as many series as there are names in the schema and in the code.
 */
export interface Metrics {
  readonly registry: Registry;
  readonly operations: OperationObserver;
  readonly verifications: ObserveVerification;
  /** The same store, whose calls and revocations are measured. */
  store(store: OpenStore): OpenStore;
  readonly audit: Audit;
  /** To be called when there is something to read. */
  read(readings: Readings): void;
}

export function createMetrics(clock: Clock): Metrics {
  const registry = new Registry();
  const storeCalls = measureStoreCalls(registry);
  const revocations = measureRevocations(registry, clock);
  const metrics: Metrics = {
    registry,
    operations: measureOperations(registry),
    verifications: measureVerifications(registry),
    store: (store) =>
      observeStore({ ...store, revocations: revocations(store.revocations) }, storeCalls),
    audit: countAuditEvents(registry),
    read: offerReadings(registry),
  };
  // Of the process and of Node.js, under the names that their dashboards know.
  collectDefaultMetrics({ register: registry });
  return metrics;
}
