import { Counter, Histogram, type Registry } from 'prom-client';
import { ERROR_CODES } from '../../errors.js';
import { outcomeOf } from '../../server/answered-operation.js';
import type { OperationObserver } from '../../server/operation-observer.js';
import { LATENCY_BUCKETS } from './buckets.js';

/** Besides those of this package: of GraphQL and its transports. What is none of these counts as `OTHER`. */
const GRAPHQL_CODES = [
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
  'METHOD_NOT_ALLOWED',
  'OPERATION_RESOLUTION_FAILURE',
  'OTHER',
  'OVERLOADED',
  'PAYLOAD_TOO_LARGE',
  'PERSISTED_QUERY_NOT_FOUND',
  'TOO_MANY_OPERATIONS',
  'TOO_MANY_REQUESTS',
  'TOO_MANY_SUBSCRIPTIONS',
  'UNSUPPORTED_MEDIA_TYPE',
];

/** Measures operations, over HTTP and WebSocket. */
export function measureOperations(registry: Registry): OperationObserver {
  const durations = new Histogram({
    name: 'wallet_sessions_operation_duration_seconds',
    help: 'How long GraphQL operations took, from the request to the answer; a subscription until it stands.',
    labelNames: ['transport', 'type', 'field', 'outcome'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  const errors = new Counter({
    name: 'wallet_sessions_operation_errors_total',
    help: 'Errors in the answers to GraphQL operations, by their code.',
    labelNames: ['code'],
    registers: [registry],
  });
  const codes = new Set([...Object.keys(ERROR_CODES), ...GRAPHQL_CODES]);
  // From 0, so that the first one is seen as an increase.
  for (const code of codes) errors.inc({ code }, 0);

  return {
    begin({ transport }) {
      const begun = performance.now();
      return {
        run: (work) => work(),
        end(operation) {
          const { type, field } = operation;
          const seconds = (performance.now() - begun) / 1000;
          durations.observe({ transport, type, field, outcome: outcomeOf(operation) }, seconds);
          for (const code of operation.codes)
            errors.inc({ code: codes.has(code) ? code : 'OTHER' });
        },
      };
    },
  };
}
