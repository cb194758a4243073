import { collectDefaultMetrics, Registry, Counter, Histogram } from 'prom-client';
import { outcomeOf, type OperationObserver } from '../../graphql/operation-observer.js';
import { AUDIT_EVENT_TYPES, type Audit, type AuditEventType } from '../../audit/events.js';
import { clockOf, type Clock } from '../../clock.js';
import type { ObserveVerification } from '../../sign-in/ethereum/signature.js';
import { observeStore, type ObserveCall, type OpenStore } from '../../stores/open-store.js';
import type { ObserveRoute } from '../../server/observed-requests.js';
import { LATENCY_BUCKETS } from './buckets.js';
import { measureRequests } from './requests.js';
import { offerReadings, type Readings } from './read-when-asked.js';
import { ERROR_CODES } from '../../errors.js';
import type { RevocationFeed } from '../../sessions/store.js';
import { REVOCATION_REASONS } from '../../sessions/session.js';

/**
 * The metrics of one instance, and its observers. Clients cannot choose the value of a label, so the number of series is
 * bounded by the names in the schema and the code.
 */
export interface Metrics {
  readonly registry: Registry;
  readonly operations: OperationObserver;
  readonly requests: ObserveRoute;
  readonly verifications: ObserveVerification;
  /** Returns the store with its calls and revocations measured. */
  store(store: OpenStore): OpenStore;
  readonly audit: Audit;
  /** Registers the sources of metrics that are read on each scrape. Call it when they exist. */
  read(readings: Readings): void;
}

/** @param clock default: that of the store */
export function createMetrics(clock?: Clock): Metrics {
  const registry = new Registry();
  const storeCalls = measureStoreCalls(registry);
  const revocations = measureRevocations(registry);
  const metrics: Metrics = {
    registry,
    operations: measureOperations(registry),
    requests: measureRequests(registry),
    verifications: measureVerifications(registry),
    store: (store) =>
      observeStore(
        { ...store, revocations: revocations(store.revocations, clock ?? clockOf(store)) },
        storeCalls,
      ),
    audit: countAuditEvents(registry),
    read: offerReadings(registry),
  };
  // The default metrics of the process and of Node.js, with the names that common dashboards use.
  collectDefaultMetrics({ register: registry });
  return metrics;
}

/** Codes of GraphQL and its transports, in addition to those of this package. All others count as `OTHER`. */
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
function measureOperations(registry: Registry): OperationObserver {
  const durations = new Histogram({
    name: 'wallet_sessions_operation_duration_seconds',
    help: 'Duration of GraphQL operations, from the request to the response; for a subscription, until it is established.',
    labelNames: ['transport', 'type', 'field', 'outcome'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  const errors = new Counter({
    name: 'wallet_sessions_operation_errors_total',
    help: 'Errors in the responses to GraphQL operations, by code.',
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

/** Measures how long it takes to verify signatures. */
function measureVerifications(registry: Registry): ObserveVerification {
  const durations = new Histogram({
    name: 'wallet_sessions_signature_verification_duration_seconds',
    help: 'Duration of the verification of sign-in signatures, by signer: an account is verified here, a contract by its chain.',
    labelNames: ['signer', 'outcome'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  return (signer, verify) =>
    async (...given) => {
      const begun = performance.now();
      let outcome = 'unavailable';
      try {
        const isValid = await verify(...given);
        outcome = isValid ? 'valid' : 'invalid';
        return isValid;
      } finally {
        durations.observe({ signer, outcome }, (performance.now() - begun) / 1000);
      }
    };
}

/** Measures the calls of the store. For a store on Redis, these are round trips. */
function measureStoreCalls(registry: Registry): ObserveCall {
  const durations = new Histogram({
    name: 'wallet_sessions_store_call_duration_seconds',
    help: 'Duration of calls of the session store: on Redis, one round trip each.',
    labelNames: ['call'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  const errors = new Counter({
    name: 'wallet_sessions_store_errors_total',
    help: 'Calls of the session store that failed or timed out.',
    labelNames: ['call'],
    registers: [registry],
  });
  const known = new Set<string>();
  return (call, run) => {
    if (!known.has(call)) {
      known.add(call);
      // From 0, so that the first one is seen as an increase.
      errors.inc({ call }, 0);
    }
    const begun = performance.now();
    const result = run();
    if (!(result instanceof Promise)) return result;
    const note = () => {
      durations.observe({ call }, (performance.now() - begun) / 1000);
    };
    result.then(note, () => {
      note();
      errors.inc({ call });
    });
    return result;
  };
}

/** Buckets in seconds: from a message of Redis to a reconnection. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30];

/** Measures how long revocations take to reach watchers: subscriptions, and sockets that they close. */
function measureRevocations(registry: Registry) {
  const delays = new Histogram({
    name: 'wallet_sessions_revocation_delay_seconds',
    help:
      'Time from the end of a session until each subscription and socket at this instance was notified, ' +
      'by the clock of the store.',
    buckets: BUCKETS,
    registers: [registry],
  });
  return (feed: RevocationFeed, clock: Clock): RevocationFeed => ({
    ...feed,
    async watch(partition, listener, after) {
      // Revocations that a returning watcher missed do not count as late.
      let isCurrent = false;
      const watch = await feed.watch(
        partition,
        (revocation) => {
          if (isCurrent) delays.observe(Math.max(0, clock.now() - revocation.revokedAt) / 1000);
          listener(revocation);
        },
        after,
      );
      isCurrent = true;
      return watch;
    },
  });
}

/** The reasons of events that have one. */
const REASONS: Partial<Record<AuditEventType, readonly string[]>> = {
  'sign-in.refused': Object.keys(ERROR_CODES),
  'session.revoked': REVOCATION_REASONS,
  'administration.refused': ['FORBIDDEN', 'REAUTHENTICATION_REQUIRED'],
};

/** Counts the session events of this instance. */
function countAuditEvents(registry: Registry): Audit {
  const events = new Counter({
    name: 'wallet_sessions_audit_events_total',
    help: 'Audit events of this instance, by type and, for refusals and revocations, reason.',
    labelNames: ['type', 'reason'],
    registers: [registry],
  });
  // From 0, so that the first one is seen as an increase.
  for (const type of AUDIT_EVENT_TYPES) {
    for (const reason of REASONS[type] ?? ['']) events.inc({ type, reason }, 0);
  }
  return (event) => {
    events.inc({ type: event.type, reason: 'reason' in event ? event.reason : '' });
  };
}
