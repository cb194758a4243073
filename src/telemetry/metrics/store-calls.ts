import { Counter, Histogram, type Registry } from 'prom-client';
import type { ObserveCall } from '../../stores/observed-store.js';
import { LATENCY_BUCKETS } from './buckets.js';

/** Measures the calls of the store: for one on Redis, its round trips. */
export function measureStoreCalls(registry: Registry): ObserveCall {
  const durations = new Histogram({
    name: 'wallet_sessions_store_call_duration_seconds',
    help: 'How long calls of the session store took: on Redis, a round trip each.',
    labelNames: ['call'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  const errors = new Counter({
    name: 'wallet_sessions_store_errors_total',
    help: 'Calls of the session store that failed or had no answer in time.',
    labelNames: ['call'],
    registers: [registry],
  });
  const known = new Set<string>();
  return (call, run) => {
    if (!known.has(call)) {
      known.add(call);
      // From 0, so that the first one is seen as an increase.
      errors.inc({ call }, 0);
    }
    const begun = performance.now();
    const result = run();
    if (!(result instanceof Promise)) return result;
    const note = () => {
      durations.observe({ call }, (performance.now() - begun) / 1000);
    };
    result.then(note, () => {
      note();
      errors.inc({ call });
    });
    return result;
  };
}
