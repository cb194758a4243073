import { Counter, Histogram, type Registry } from 'prom-client';
import {
  outcomeOfStatus,
  PREFLIGHT_METHOD,
  REQUEST_OUTCOMES,
  type ObserveRoute,
  type RequestOutcome,
} from '../../server/observed-requests.js';
import { LATENCY_BUCKETS } from './buckets.js';

type Tally = Record<RequestOutcome, number>;

/**
 * Measures requests that are not GraphQL. A request that is answered at once only increments a number, because forward
 * authentication answers from memory in microseconds. The numbers become samples when they are read.
 */
export function measureRequests(registry: Registry): ObserveRoute {
  const tallies = new Map<string, Tally>();
  new Counter({
    name: 'wallet_sessions_requests_total',
    help: 'Requests to the REST API, forward authentication and token introspection, by route and outcome.',
    labelNames: ['route', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [route, tally] of tallies) {
        for (const outcome of REQUEST_OUTCOMES) this.inc({ route, outcome }, tally[outcome]);
      }
    },
  });
  const durations = new Histogram({
    name: 'wallet_sessions_request_duration_seconds',
    help: 'Duration of these requests, except those to forward authentication that were answered at once from memory.',
    labelNames: ['route', 'outcome'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });

  return (route, handle) => {
    // From 0, so that the first one is seen as an increase.
    const tally: Tally = { answered: 0, refused: 0, failed: 0 };
    tallies.set(route, tally);
    const note = (begun: number, status: number) => {
      const outcome = outcomeOfStatus(status);
      tally[outcome] += 1;
      durations.observe({ route, outcome }, (performance.now() - begun) / 1000);
    };
    return (request, response, source) => {
      if (request.method === PREFLIGHT_METHOD) return handle(request, response, source);
      const begun = performance.now();
      let answering: ReturnType<typeof handle>;
      try {
        answering = handle(request, response, source);
      } catch (error) {
        note(begun, 500);
        throw error;
      }
      if (answering === undefined) {
        tally[outcomeOfStatus(response.statusCode)] += 1;
        return undefined;
      }
      return answering.then(
        () => {
          note(begun, response.statusCode);
        },
        (error: unknown) => {
          note(begun, 500);
          throw error;
        },
      );
    };
  };
}
