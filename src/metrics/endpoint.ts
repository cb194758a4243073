import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface MetricsEndpoint {
  /** The port that it got. */
  readonly port: number;
  close(): Promise<void>;
}

/** Where Prometheus looks. */
export const METRICS_PATH = '/metrics';

/**
 * Serves the metrics on a port of their own, which the public one never leads to.
 * @throws Error of `node:net` where the port cannot be had
 */
export async function serveMetrics(
  registry: Registry,
  { host, port }: { readonly host: string; readonly port: number },
  report: (error: unknown) => void,
): Promise<MetricsEndpoint> {
  const server = createServer((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || request.url?.split('?')[0] !== METRICS_PATH) {
      response.writeHead(404).end();
      return;
    }
    answer(registry, response).catch((error: unknown) => {
      report(error);
      response.writeHead(500).end();
    });
  });
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
