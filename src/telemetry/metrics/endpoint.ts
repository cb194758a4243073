import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { createMetricsHostRule, pathOf, readTarget } from '../../http/request-target.js';
import {
  assertWholeHead,
  createBoundedServer,
  type IntakeLimits,
} from '../../server/bounded-server.js';
import { createRouter, type Handler } from '../../server/router.js';

export interface MetricsEndpoint {
  /** The port on which it listens. */
  readonly port: number;
  close(): Promise<void>;
}

/** The default path of Prometheus. */
export const METRICS_PATH = '/metrics';

export interface MetricsEndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly intakeLimits: IntakeLimits;
  /** Hosts that requests may name in addition to loopback addresses. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** Maximum number of connections. Few clients read metrics. */
const MAX_CONNECTIONS = 100;

/**
 * Serves the metrics on a separate port, so that they are not reachable over the public one.
 * @throws Error of `node:net` if the port is not available
 */
export async function serveMetrics(
  registry: Registry,
  { host, port, intakeLimits, allowedHosts }: MetricsEndpointOptions,
  report: (error: unknown) => void,
): Promise<MetricsEndpoint> {
  const server = createBoundedServer({ ...intakeLimits, connections: MAX_CONNECTIONS });
  const assertHost = createMetricsHostRule(host, allowedHosts);
  const admit = (request: IncomingMessage) => {
    assertWholeHead(request);
    assertHost(readTarget(request));
    return pathOf(request);
  };
  const readMetrics: Handler = async ({ method }, response) => {
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(404).end();
      return;
    }
    await answer(registry, response);
  };
  const routes = new Map([[METRICS_PATH, readMetrics]]);
  const sourceOf = () => ({});
  server.on('request', createRouter({ routes, readsBodies: new Set(), admit, sourceOf, report }));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      // Prometheus keeps its connection open for the next scrape.
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(registry: Registry, response: ServerResponse): Promise<void> {
  const text = await registry.metrics();
  response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
  response.end(text);
}
