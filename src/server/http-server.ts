import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApolloServer } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { ReportError } from '../graphql/errors.js';
import type { WalletSessionsContext, WalletSessionsServices } from '../graphql/scope.js';
import type { RequestSource } from '../session/session.js';
import { createGraphQLOverHttp } from './graphql-over-http.js';
import { createGraphQLOverWebSocket } from './graphql-over-websocket.js';
import { createScopeFactory } from './operation-scope.js';
import { createSocketServer } from './socket-server.js';

export interface HttpServerOptions {
  readonly apollo: ApolloServer<WalletSessionsContext>;
  readonly schema: GraphQLSchema;
  readonly services: WalletSessionsServices;
  readonly sourceOf: (request: IncomingMessage) => RequestSource;
  /** The longest request body and the longest WebSocket message, in bytes. */
  readonly messageLimit: number;
  readonly report: ReportError;
}

export interface RunningServer {
  /** Where the API is: `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  /** Stops accepting, lets what is under way finish, closes sockets with 1001, and resolves. */
  close(): Promise<void>;
}

const PATH = '/graphql';

/** Serves the API on one path: queries and mutations over HTTP, everything over WebSocket. */
export function createHttpServer(options: HttpServerOptions) {
  const { apollo, schema, services, sourceOf, messageLimit, report } = options;
  const scopeFor = createScopeFactory(services);
  const answer = createGraphQLOverHttp({ apollo, scopeFor, bodyLimit: messageLimit });

  const http = createServer((request, response) => {
    const source = sourceOf(request);
    response.setHeader('x-request-id', source.requestId ?? '');
    route(request, response, source).catch((error: unknown) => {
      report(error);
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    });
  });
  const sockets = createSocketServer({
    http,
    path: PATH,
    protocol: createGraphQLOverWebSocket({ schema, services, scopeFor, report }),
    sourceOf,
    messageLimit,
    report,
  });

  async function route(request: IncomingMessage, response: ServerResponse, source: RequestSource) {
    const path = request.url?.split('?', 1)[0];
    if (path === PATH) {
      await answer(request, response, source);
      return;
    }
    response.statusCode = 404;
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    response.end(`Not found. The GraphQL API is at ${PATH}.\n`);
  }

  return {
    /** @throws Error of `node:net` where the port cannot be had, with its `code`: `EADDRINUSE`, … */
    async listen(host: string, port: number): Promise<RunningServer> {
      const bound = await listen(http, host, port);
      const name = host.includes(':') ? `[${host}]` : host;
      return {
        url: `http://${name}:${bound}${PATH}`,
        async close() {
          const drained = new Promise<void>((resolve) => {
            http.close(() => {
              resolve();
            });
          });
          await sockets.close();
          await drained;
        },
      };
    },
  };
}

async function listen(http: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
  return (http.address() as AddressInfo).port;
}
