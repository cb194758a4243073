import { SpanKind, trace, type Tracer } from '@opentelemetry/api';
import type { ObserveCall } from '../../stores/observed-store.js';
import { ATTRIBUTES } from './attributes.js';
import { within } from './spans.js';

/** A span for each call of the store that belongs to an operation; none for what goes on beside them. */
export function traceStoreCalls(tracer: Tracer, system: string): ObserveCall {
  return (call, run) => {
    if (trace.getActiveSpan() === undefined) return run();
    const attributes = { [ATTRIBUTES.storeSystem]: system, [ATTRIBUTES.storeCall]: call };
    return within(tracer.startSpan(call, { kind: SpanKind.CLIENT, attributes }), run);
  };
}
