import { context, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { WalletSessionsError } from '../../errors.js';
import { ATTRIBUTES } from './attributes.js';

/** Runs something within a span, and ends the span with it. */
export function within<Result>(span: Span, run: () => Result): Result {
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
