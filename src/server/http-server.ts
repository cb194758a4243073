import type { IncomingMessage, Server } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import type { OpenCookieSession } from '../http/cookies/cookie-session.js';
import type { Documents } from '../graphql/documents.js';
import type { PresentError, ReportError } from '../graphql/errors.js';
import {
  createRequestContextFactory,
  type WalletSessionsContext,
  type WalletSessionsServices,
} from '../graphql/context.js';
import type { TrustedDocuments } from '../graphql/trusted-documents.js';
import type { ClientInfo } from '../sessions/session.js';
import { createSendWhole } from '../http/whole-response.js';
import { pathOf, readTarget, type AssertHost } from '../http/request-target.js';
import { assertWholeHead, createBoundedServer, type IntakeLimits } from './bounded-server.js';
import { createRouter, notFound, withCors, type Handler } from './router.js';
import { prepareDrain } from '../http/unanswered.js';
import { createForwardAuth, type ForwardAuthOptions } from './forward-auth.js';
import { createGraphQLOverHttp, type HttpObservation } from './graphql-over-http.js';
import { createGraphQLOverWebSocket } from '../websocket/graphql-over-websocket.js';
import { createReadiness, live, LIVENESS_PATH, READINESS_PATH } from './health.js';
import { isBrowserVisit, SESSIONS_PATH, type Pages } from './pages.js';
import {
  createIntrospection,
  INTROSPECTION_PATH,
  type IntrospectionOptions,
} from './introspection.js';
import type { ObserveRoute } from './observed-requests.js';
import type { PersistedQueries } from './persisted-queries.js';
import type { PreparedRequests } from './prepared-requests.js';
import { continueWhenRead, createBodyReader, type BodyLimits } from './request-bodies.js';
import { createRestOverHttp } from './rest-over-http.js';
import type { RestSources } from '../rest/api.js';
import type { SocketLimits } from '../websocket/socket-limits.js';
import { createSocketServer, type ServerLoad } from '../websocket/socket-server.js';

export interface GraphQLServerOptions {
  readonly apollo: ApolloServer<WalletSessionsContext>;
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly persisted: PersistedQueries;
  readonly prepared: PreparedRequests;
  readonly trusted: TrustedDocuments;
  readonly services: WalletSessionsServices;
  /** Answers the REST API, and proxies that ask about requests. */
  readonly walletSessions: RestSources & ForwardAuthOptions['validation'];
  /** Who may ask about tokens; `undefined` if nobody may. */
  readonly introspection?: Pick<IntrospectionOptions, 'clients' | 'rate'> | undefined;
  readonly sourceOf: (request: IncomingMessage) => ClientInfo;
  /** The web origins whose pages may use the API. */
  readonly origins: readonly string[];
  /** Whether an address is that of a trusted proxy. */
  readonly isTrustedProxy: (address: string) => boolean;
  /** Set if sessions may be in cookies. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  readonly assertHost: AssertHost;
  readonly socketLimits: SocketLimits;
  readonly bodyLimits: BodyLimits;
  /** Maximum size of a WebSocket message, in bytes. */
  readonly messageLimit: number;
  /** Pages for browsers, in addition to the API. */
  readonly pages?: Pages | undefined;
  readonly present: PresentError;
  readonly report: ReportError;
  /** Observes the operations, if set. */
  readonly observation?: HttpObservation | undefined;
  /** Observes the requests that are not GraphQL, if set. */
  readonly observeRoute?: ObserveRoute | undefined;
  /** Resolves if the session store answers. */
  readonly ping: () => Promise<void>;
}

export interface GraphQLServer {
  /** Current load. */
  load(): ServerLoad;
  /** Makes the readiness check fail; requests are still served. */
  leave(): void;
  /**
   * Stops accepting connections, waits for operations in progress, closes sockets with 1001, and resolves when all
   * connections are closed.
   */
  close(): Promise<void>;
}

/** Path of the API over HTTP and WebSocket. */
export const GRAPHQL_PATH = '/graphql';

/** Paths that probes request by address. Their responses are not confidential. */
const OPEN_TO_ANY_HOST: ReadonlySet<string> = new Set([LIVENESS_PATH, READINESS_PATH]);

/**
 * Starts to listen; requests are served after {@link serveGraphQL}.
 * @param isTrustedProxy see {@link createBoundedServer}
 * @throws Error from `node:net` if the port is not available, with its `code`: `EADDRINUSE`, …
 */
export async function listen(
  host: string,
  port: number,
  limits: IntakeLimits,
  isTrustedProxy: (address: string) => boolean,
): Promise<Server> {
  const http = createBoundedServer(limits, isTrustedProxy);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      resolve();
    });
  });
  return http;
}

/** Serves the API, pages and health checks on a server of `node:http`. */
export function serveGraphQL(http: Server, options: GraphQLServerOptions): GraphQLServer {
  const { apollo, schema, documents, prepared, services, sourceOf, origins, assertHost } = options;
  const { openCookieSession, pages, socketLimits: limits, present, report, observation } = options;
  const contextFor = createRequestContextFactory(services);
  const readBody = createBodyReader(options.bodyLimits);
  const sendWhole = createSendWhole(http);
  const answer = createGraphQLOverHttp({
    apollo,
    prepared,
    documents,
    persisted: options.persisted,
    services,
    contextFor,
    openCookieSession,
    readBody,
    sendWhole,
    present,
    report,
    observation,
  });
  const corsOptions = { origins, credentials: openCookieSession !== undefined };
  const graphql = withCors(answer, corsOptions);
  const rest = createRestOverHttp({
    walletSessions: options.walletSessions,
    readBody,
    cors: corsOptions,
  });
  const sockets = createSocketServer({
    http,
    path: GRAPHQL_PATH,
    protocol: createGraphQLOverWebSocket({
      schema,
      documents,
      trusted: options.trusted,
      services,
      contextFor,
      limits,
      present,
      report,
      observer: observation?.observer,
    }),
    sourceOf,
    origins,
    openCookieSession,
    limits,
    messageLimit: options.messageLimit,
    assertAdmitted: (request) => void admit(request),
    report,
  });

  /** @throws RequestRefused */
  function admit(request: IncomingMessage): string {
    assertWholeHead(request);
    const target = readTarget(request);
    const path = pathOf(request);
    if (!OPEN_TO_ANY_HOST.has(path)) assertHost(target);
    return path;
  }

  const observeRoute: ObserveRoute = options.observeRoute ?? ((_route, handle) => handle);
  const observed = (handlers: Iterable<[string, Handler]>) =>
    Array.from(handlers, ([path, handle]): [string, Handler] => [path, observeRoute(path, handle)]);

  let leaving = false;
  const routes = new Map<string, Handler>([
    ['/', orPage(notFound, toFirstPage(pages))],
    [GRAPHQL_PATH, orPage(graphql, pages?.graphiql)],
    [LIVENESS_PATH, live],
    [READINESS_PATH, createReadiness(() => leaving, options.ping)],
    ...observed(rest),
    ...observed(
      createForwardAuth({
        validation: options.walletSessions,
        isTrustedProxy: options.isTrustedProxy,
        sendWhole,
        report,
      }),
    ),
    ...(pages?.routes ?? []),
  ]);
  const readsBodies = new Set([GRAPHQL_PATH, ...rest.keys()]);
  const { introspection } = options;
  if (introspection !== undefined) {
    const introspectionOptions = {
      ...introspection,
      sessions: services.sessions,
      readBody,
      sendWhole,
      report,
    };
    const handle = createIntrospection(introspectionOptions);
    routes.set(INTROSPECTION_PATH, observeRoute(INTROSPECTION_PATH, handle));
    readsBodies.add(INTROSPECTION_PATH);
  }
  http.on('request', createRouter({ routes, readsBodies, admit, sourceOf, report }));
  continueWhenRead(http);
  const drain = prepareDrain(http);

  return {
    load: () => sockets.load(),
    leave() {
      leaving = true;
    },
    async close() {
      leaving = true;
      await Promise.all([drain(), sockets.close()]);
    },
  };
}

/** Shows the page to browser visits; other requests go to the handler. */
function orPage(handle: Handler, page: Handler | undefined): Handler {
  if (page === undefined) return handle;
  return (request, response, source) =>
    (isBrowserVisit(request) ? page : handle)(request, response, source);
}

/** Redirects to GraphiQL or, if it is disabled, to the sessions page. */
function toFirstPage(pages: Pages | undefined): Handler | undefined {
  if (pages === undefined) return undefined;
  const sessions = pages.routes.has(SESSIONS_PATH) ? SESSIONS_PATH : undefined;
  const path = pages.graphiql === undefined ? sessions : GRAPHQL_PATH;
  if (path === undefined) return undefined;
  // Relative, because a proxy may serve the pages under a path prefix.
  const location = `.${path}`;
  return (_request, response) => {
    response.writeHead(302, { location }).end();
  };
}
