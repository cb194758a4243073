import type { ObserveVerification } from '../sign-in/ethereum/signature.js';
import { observeStore, type ObserveCall, type OpenStore } from '../stores/open-store.js';
import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { WalletSessionsError } from '../errors.js';

/** What can be traced. No span contains a secret, a wallet, or an address. */
interface Tracing {
  readonly tracer: Tracer;
  store(store: OpenStore): OpenStore;
  readonly verifications: ObserveVerification;
}

/** Returns `undefined` if no OpenTelemetry SDK has been registered. Tracing then has no cost. */
export function createTracing(): Tracing | undefined {
  const tracer = registeredTracer();
  if (tracer === undefined) return undefined;
  return {
    tracer,
    store: (store) => observeStore(store, traceStoreCalls(tracer, systemOf(store))),
    verifications: traceVerifications(tracer),
  };
}

/** The name by the semantic conventions, if they have one. */
function systemOf({ name }: OpenStore): string {
  return name === 'embedded' ? 'lmdb' : name.toLowerCase();
}

/** Creates a span for each verification of a signature. For a contract, it contains the calls to the RPC node. */
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

/** Creates a span for each call of the store within an operation. Background work has no spans. */
function traceStoreCalls(tracer: Tracer, system: string): ObserveCall {
  return (call, run) => {
    if (trace.getActiveSpan() === undefined) return run();
    const attributes = { [ATTRIBUTES.storeSystem]: system, [ATTRIBUTES.storeCall]: call };
    return within(tracer.startSpan(call, { kind: SpanKind.CLIENT, attributes }), run);
  };
}

/** Runs a function within a span, and ends the span when the function has finished. */
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

/** Records the code only: messages of libraries may quote their input. */
function fail(span: Span, error: unknown): void {
  const code = error instanceof WalletSessionsError ? error.code : 'INTERNAL_SERVER_ERROR';
  span.setAttribute(ATTRIBUTES.errorType, code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

/** Attribute names, from OpenTelemetry's semantic conventions if they define one. */
export const ATTRIBUTES = {
  operationType: 'graphql.operation.type',
  operationName: 'graphql.operation.name',
  transport: 'network.protocol.name',
  errorType: 'error.type',
  storeSystem: 'db.system.name',
  storeCall: 'db.operation.name',
  requestMethod: 'http.request.method',
  route: 'http.route',
  responseStatus: 'http.response.status_code',
  requestId: 'wallet_sessions.request_id',
  signer: 'wallet_sessions.signer',
  isValid: 'wallet_sessions.signature_valid',
} as const;

/**
 * Returns OpenTelemetry's tracer, or `undefined` if no SDK is registered. Call it once at the start: an SDK is registered
 * before the program that it traces (`node --import ./tracing.js`).
 */
function registeredTracer(): Tracer | undefined {
  const tracer = trace.getTracer('wallet-sessions');
  // Without an SDK, spans have no trace id. This span is never ended, and therefore never exported.
  const probe = tracer.startSpan('probe', {}, ROOT_CONTEXT);
  return isSpanContextValid(probe.spanContext()) ? tracer : undefined;
}
