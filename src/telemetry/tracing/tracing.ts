import type { OperationObserver } from '../../server/operation-observer.js';
import type { ObserveVerification } from '../../sign-in/ethereum/signature.js';
import { observeStore } from '../../stores/observed-store.js';
import type { OpenStore } from '../../stores/open-store.js';
import { traceOperations } from './operations.js';
import { traceStoreCalls } from './store-calls.js';
import { registeredTracer } from './tracer.js';
import { traceVerifications } from './verifications.js';

/** The places to trace from. No span ever holds a secret, a wallet, or an address. */
export interface Tracing {
  readonly operations: OperationObserver;
  store(store: OpenStore): OpenStore;
  readonly verifications: ObserveVerification;
}

/** `undefined` where no SDK of OpenTelemetry is registered by now: then nothing is done for it. */
export function createTracing(): Tracing | undefined {
  const tracer = registeredTracer();
  if (tracer === undefined) return undefined;
  return {
    operations: traceOperations(tracer),
    store: (store) => observeStore(store, traceStoreCalls(tracer, systemOf(store))),
    verifications: traceVerifications(tracer),
  };
}

/** As the semantic conventions name it, where they do. */
function systemOf({ name }: OpenStore): string {
  return name === 'embedded' ? 'lmdb' : name.toLowerCase();
}
