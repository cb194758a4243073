import { isSpanContextValid, ROOT_CONTEXT, trace, type Tracer } from '@opentelemetry/api';

/**
 * The tracer of OpenTelemetry, or `undefined` where no SDK is registered: then nothing is traced, and tracing
 * costs nothing. To be asked once, at the start: an SDK is registered before what it is to trace
 * (`node --import ./tracing.js`).
 */
export function registeredTracer(): Tracer | undefined {
  const tracer = trace.getTracer('wallet-sessions');
  // Without an SDK, spans are of no trace. The probe is never ended, so it is never exported.
  const probe = tracer.startSpan('probe', {}, ROOT_CONTEXT);
  return isSpanContextValid(probe.spanContext()) ? tracer : undefined;
}
