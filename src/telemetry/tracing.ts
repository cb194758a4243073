import {
  type OperationObserver,
  outcomeOf,
  type AnsweredOperation,
  type OperationOrigin,
} from '../server/operation-observer.js';
import type { ObserveVerification } from '../sign-in/ethereum/signature.js';
import { observeStore, type ObserveCall } from '../stores/observed-store.js';
import type { OpenStore } from '../stores/open-store.js';
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
  isSpanContextValid,
  ROOT_CONTEXT,
} from '@opentelemetry/api';
import { WalletSessionsError } from '../errors.js';

/** The places to trace from. No span ever holds a secret, a wallet, or an address. */
interface Tracing {
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

/**
 * A span for each operation, in the trace that the request belongs to: that of the server span around it, where
 * there is one (of an instrumentation of `node:http`), else that of its `traceparent`. Operations of a WebSocket
 * are each a trace of their own, linked to that of the handshake: a socket may stay open for days.
 */
function traceOperations(tracer: Tracer): OperationObserver {
  return {
    begin(origin) {
      const [span, within] = start(tracer, origin);
      return {
        run: (work) => context.with(within, work),
        end(operation) {
          describe(span, operation);
          span.end();
        },
      };
    },
  };
}

function start(
  tracer: Tracer,
  { transport, headers, requestId }: OperationOrigin,
): [Span, Context] {
  const active = context.active();
  const around = trace.getSpanContext(active);
  const isRoot = transport === 'websocket';
  const parent = around === undefined && !isRoot ? propagation.extract(active, headers) : active;
  const span = tracer.startSpan(
    'GraphQL operation',
    {
      kind: around === undefined || isRoot ? SpanKind.SERVER : SpanKind.INTERNAL,
      root: isRoot,
      links: isRoot && around !== undefined ? [{ context: around }] : [],
      attributes: { [ATTRIBUTES.transport]: transport, [ATTRIBUTES.requestId]: requestId },
    },
    parent,
  );
  return [span, trace.setSpan(parent, span)];
}

/** By the names of the schema: what the client calls its operation may be anything. */
function describe(span: Span, operation: AnsweredOperation): void {
  const { type, field, codes } = operation;
  span.updateName(`${type} ${field}`);
  span.setAttributes({ [ATTRIBUTES.operationType]: type, [ATTRIBUTES.operationName]: field });
  const [code] = codes;
  if (code === undefined) return;
  span.setAttribute(ATTRIBUTES.errorType, code);
  // What the client is to blame for is no error of the server (semantic conventions for HTTP servers).
  if (outcomeOf(operation) === 'failed') {
    span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  }
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
const ATTRIBUTES = {
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
