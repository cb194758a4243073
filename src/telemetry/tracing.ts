import type { ObserveVerification } from '../sign-in/ethereum/signature.js';
import { observeStore, type ObserveCall } from '../stores/observed-store.js';
import type { OpenStore } from '../stores/open-store.js';
import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
  isSpanContextValid,
  ROOT_CONTEXT,
} from '@opentelemetry/api';
import { WalletSessionsError } from '../errors.js';

/** The places to trace from. No span ever holds a secret, a wallet, or an address. */
interface Tracing {
  readonly tracer: Tracer;
  store(store: OpenStore): OpenStore;
  readonly verifications: ObserveVerification;
}

/** `undefined` where no SDK of OpenTelemetry is registered by now: then nothing is done for it. */
export function createTracing(): Tracing | undefined {
  const tracer = registeredTracer();
  if (tracer === undefined) return undefined;
  return {
    tracer,
    store: (store) => observeStore(store, traceStoreCalls(tracer, systemOf(store))),
    verifications: traceVerifications(tracer),
  };
}

/** As the semantic conventions name it, where they do. */
function systemOf({ name }: OpenStore): string {
  return name === 'embedded' ? 'lmdb' : name.toLowerCase();
}

/** A span for each verification of a signature: for a contract, the calls of its chain are in it. */
function traceVerifications(tracer: Tracer): ObserveVerification {
  return (signer, verify) =>
    (...given) => {
      const span = tracer.startSpan('verify signature', {
        attributes: { [ATTRIBUTES.signer]: signer },
      });
      return within(span, async () => {
        const isValid = await verify(...given);
        span.setAttribute(ATTRIBUTES.isValid, isValid);
        return isValid;
      });
    };
}

/** A span for each call of the store that belongs to an operation; none for what goes on beside them. */
function traceStoreCalls(tracer: Tracer, system: string): ObserveCall {
  return (call, run) => {
    if (trace.getActiveSpan() === undefined) return run();
    const attributes = { [ATTRIBUTES.storeSystem]: system, [ATTRIBUTES.storeCall]: call };
    return within(tracer.startSpan(call, { kind: SpanKind.CLIENT, attributes }), run);
  };
}

/** Runs something within a span, and ends the span with it. */
function within<Result>(span: Span, run: () => Result): Result {
  const result = context.with(trace.setSpan(context.active(), span), run);
  if (result instanceof Promise) {
    result.then(
      () => {
        span.end();
      },
      (error: unknown) => {
        fail(span, error);
        span.end();
      },
    );
  } else span.end();
  return result;
}

/** Not the error itself: the message of a library may quote what it was given. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof WalletSessionsError ? error.code : 'INTERNAL_SERVER_ERROR';
  span.setAttribute(ATTRIBUTES.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

/** The names of attributes: where there is one, that of OpenTelemetry's semantic conventions. */
export const ATTRIBUTES = {
  operationType: 'graphql.operation.type',
  operationName: 'graphql.operation.name',
  transport: 'network.protocol.name',
  errorType: 'error.type',
  storeSystem: 'db.system.name',
  storeCall: 'db.operation.name',
  requestId: 'wallet_sessions.request_id',
  signer: 'wallet_sessions.signer',
  isValid: 'wallet_sessions.signature_valid',
} as const;

/**
 * The tracer of OpenTelemetry, or `undefined` where no SDK is registered: then nothing is traced, and tracing
 * costs nothing. To be asked once, at the start: an SDK is registered before what it is to trace
 * (`node --import ./tracing.js`).
 */
function registeredTracer(): Tracer | undefined {
  const tracer = trace.getTracer('wallet-sessions');
  // Without an SDK, spans are of no trace. The probe is never ended, so it is never exported.
  const probe = tracer.startSpan('probe', {}, ROOT_CONTEXT);
  return isSpanContextValid(probe.spanContext()) ? tracer : undefined;
}
