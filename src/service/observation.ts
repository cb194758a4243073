import type { Config } from '../config/read.js';
import type { MetricsEndpointOptions } from '../telemetry/metrics/endpoint.js';
import type { Readings } from '../telemetry/metrics/read-when-asked.js';
import type { HttpObservation } from '../server/graphql-over-http.js';
import { createApolloAnswers } from '../server/observed-operations.js';
import { observeRouteByAll, type ObserveRoute } from '../server/observed-requests.js';
import { observeByAll } from '../graphql/operation-observer.js';
import type { Audit } from '../audit/events.js';
import type { Clock } from '../clock.js';
import type { ObserveVerification } from '../sign-in/ethereum/signature.js';
import type { OpenStore } from '../stores/open-store.js';
import { traceOperations } from '../telemetry/operation-tracing.js';
import { traceRequests } from '../telemetry/request-tracing.js';
import { createTracing } from '../telemetry/tracing.js';
import type { Logger } from './log.js';

/**
 * Observes a service: with metrics if they are configured, and with traces of operations if an SDK is registered. The
 * library itself traces the store and the verification of signatures.
 */
export interface Observation {
  /** The address of the metrics, if they are served. */
  readonly metricsUrl: string | undefined;
  /** `undefined` without observers. Observation then has no cost. */
  readonly operations: HttpObservation | undefined;
  /** Observes requests that are not GraphQL. `undefined` without observers. */
  readonly routes: ObserveRoute | undefined;
  readonly audit: Audit;
  readonly verifications: ObserveVerification | undefined;
  /** Observes a store. */
  store(store: OpenStore): OpenStore;
  /** Called when the service has started. */
  read(readings: Readings): void;
  stop(): Promise<void>;
}

/** @throws Error of `node:net` if the port of the metrics is not available */
export async function startObservation(
  {
    metrics: place,
    intakeLimits,
    allowedHosts,
  }: Pick<Config, 'metrics' | 'intakeLimits' | 'allowedHosts'>,
  log: Logger,
  clock?: Clock,
): Promise<Observation> {
  const served =
    place &&
    (await startMetrics({ ...place, intakeLimits, allowedHosts }, clock, (error) => {
      log.error({ err: error }, 'the metrics could not be read');
    }));
  const metrics = served?.metrics;
  const tracing = createTracing();
  const observers = [metrics?.operations, tracing && traceOperations(tracing.tracer)].filter(
    (observer) => observer !== undefined,
  );
  const routes = [metrics?.requests, tracing && traceRequests(tracing.tracer)].filter(
    (observe) => observe !== undefined,
  );
  return {
    metricsUrl: served?.url,
    operations:
      observers.length === 0
        ? undefined
        : {
            observer: observeByAll(observers),
            answers: createApolloAnswers(),
          },
    routes: routes.length === 0 ? undefined : observeRouteByAll(routes),
    audit: metrics?.audit ?? (() => undefined),
    verifications: metrics?.verifications,
    store: (store) => metrics?.store(store) ?? store,
    read: (readings) => metrics?.read(readings),
    async stop() {
      await served?.endpoint.close();
    },
  };
}

/** Loads the metrics only if they are configured. */
async function startMetrics(
  options: MetricsEndpointOptions,
  clock: Clock | undefined,
  report: (error: unknown) => void,
) {
  const [{ createMetrics }, { METRICS_PATH, serveMetrics }] = await Promise.all([
    import('../telemetry/metrics/metrics.js'),
    import('../telemetry/metrics/endpoint.js'),
  ]);
  const metrics = createMetrics(clock);
  const endpoint = await serveMetrics(metrics.registry, options, report);
  const url = `http://${hostIn(options.host)}:${endpoint.port}${METRICS_PATH}`;
  return { metrics, endpoint, url };
}

function hostIn(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
