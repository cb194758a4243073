import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import {
  outcomeOf,
  type AnsweredOperation,
  type OperationObserver,
  type OperationOrigin,
} from '../graphql/operation-observer.js';
import { ATTRIBUTES } from './tracing.js';

/**
 * Creates a span for each operation. Over HTTP, it belongs to the trace of the surrounding server span, if `node:http` is
 * instrumented, or otherwise to that of the `traceparent` header. Each operation over a WebSocket starts a new trace that
 * is linked to the trace of the handshake, because a socket may stay open for days.
 */
export function traceOperations(tracer: Tracer): OperationObserver {
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

/** Names the operation by the fields of the schema. The client's own name for it can be any string. */
function describe(span: Span, operation: AnsweredOperation): void {
  const { type, field, codes } = operation;
  span.updateName(`${type} ${field}`);
  span.setAttributes({ [ATTRIBUTES.operationType]: type, [ATTRIBUTES.operationName]: field });
  const [code] = codes;
  if (code === undefined) return;
  span.setAttribute(ATTRIBUTES.errorType, code);
  // Errors caused by the client do not mark the server's span as failed (semantic conventions for HTTP servers).
  if (outcomeOf(operation) === 'failed') {
    span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  }
}
