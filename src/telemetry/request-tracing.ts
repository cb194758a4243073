import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { IncomingMessage } from 'node:http';
import { PREFLIGHT_METHOD, type ObserveRoute } from '../server/observed-requests.js';
import { ATTRIBUTES } from './tracing.js';

/** The methods that the semantic conventions name. Any other is `_OTHER`: clients could invent many. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'TRACE', 'PATCH']);

/**
 * Creates a span for each request that is not GraphQL, by the semantic conventions for HTTP servers. It belongs to the trace
 * of the surrounding server span, if `node:http` is instrumented, or otherwise to that of the `traceparent` header.
 */
export function traceRequests(tracer: Tracer): ObserveRoute {
  return (route, handle) => (request, response, source) => {
    if (request.method === PREFLIGHT_METHOD) return handle(request, response, source);
    const around = context.active();
    const isInner = trace.getSpanContext(around) !== undefined;
    const parent = isInner ? around : propagation.extract(around, request.headers);
    const span = start(tracer, route, request, isInner, source.requestId, parent);
    const end = (status: number) => {
      span.setAttribute(ATTRIBUTES.responseStatus, status);
      if (status >= 500) {
        span.setAttribute(ATTRIBUTES.errorType, String(status));
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    };
    return context.with(trace.setSpan(parent, span), () => {
      let answering: ReturnType<typeof handle>;
      try {
        answering = handle(request, response, source);
      } catch (error) {
        end(500);
        throw error;
      }
      if (answering === undefined) {
        end(response.statusCode);
        return undefined;
      }
      return answering.then(
        () => {
          end(response.statusCode);
        },
        (error: unknown) => {
          end(500);
          throw error;
        },
      );
    });
  };
}

function start(
  tracer: Tracer,
  route: string,
  { method = '' }: IncomingMessage,
  isInner: boolean,
  requestId: string | undefined,
  parent: ReturnType<typeof context.active>,
): Span {
  const isKnown = METHODS.has(method);
  return tracer.startSpan(
    `${isKnown ? method : 'HTTP'} ${route}`,
    {
      kind: isInner ? SpanKind.INTERNAL : SpanKind.SERVER,
      attributes: {
        [ATTRIBUTES.requestMethod]: isKnown ? method : '_OTHER',
        [ATTRIBUTES.route]: route,
        [ATTRIBUTES.requestId]: requestId,
      },
    },
    parent,
  );
}
