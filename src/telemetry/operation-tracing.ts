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
 * A span for each operation, in the trace that the request belongs to: that of the server span around it, where
 * there is one (of an instrumentation of `node:http`), else that of its `traceparent`. Operations of a WebSocket
 * are each a trace of their own, linked to that of the handshake: a socket may stay open for days.
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
