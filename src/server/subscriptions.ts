import type { IncomingMessage, Server } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import * as v from 'valibot';
import type { OpenCookieSession } from '../http/cookies/cookie-session.js';
import {
  DOCUMENT_LIMITS,
  type DocumentLimits,
  createDocumentBudget,
  DOCUMENT_RATE,
} from '../graphql/document-limits.js';
import { createDocumentRules } from '../graphql/document-rules.js';
import { createDocuments } from '../graphql/documents.js';
import { createErrorPresenter } from '../graphql/errors.js';
import {
  createRequestContextFactory,
  servicesOf,
  type WalletSessionsContext,
  type WalletSessionsServices,
} from '../graphql/context.js';
import { createTrustedDocuments } from '../graphql/trusted-documents.js';
import {
  callable,
  strictObject,
  instanceWith,
  readOptionsOf,
  text,
  boolean,
  integer,
  type PartialOptions,
} from '../options.js';
import type { Rate } from '../rate-limits/rate-limits.js';
import type { ClientInfo } from '../sessions/session.js';
import { createGraphQLOverWebSocket } from './graphql-over-websocket.js';
import { SOCKET_LIMITS, type SocketLimits } from './socket-limits.js';
import { createSocketServer } from './socket-server.js';

/** What an application's server serves over WebSocket, and to whom. */
export interface SubscriptionsOptions {
  /** What `createWalletSessions` made. */
  readonly walletSessions: WalletSessionsServices & {
    sourceOf(request: IncomingMessage): ClientInfo;
    readonly openCookieSession?: OpenCookieSession | undefined;
  };
  /** The application's schema, with the wallet sessions in it. */
  readonly schema: GraphQLSchema;
  /** The web origins whose pages may open sockets: browsers let any page try. */
  readonly origins: readonly string[];
  /** Default `/graphql`. Other paths of the server are left to others. */
  readonly path?: string | undefined;
  /** Makes the application's own context of that of the wallet sessions, once for each operation. */
  readonly context?: ((walletSessions: WalletSessionsContext) => object) | undefined;
  /** What differs from {@link DEFAULT_SOCKET_LIMITS}. */
  readonly limits?: PartialOptions<SocketLimits> | undefined;
  /** What differs from {@link DEFAULT_DOCUMENT_LIMITS}. */
  readonly documentLimits?: PartialOptions<DocumentLimits> | undefined;
  /**
   * How many documents that the server has not validated before a network may send. Counted in this process. `acts: 0`
   * means no limit. Default {@link DEFAULT_DOCUMENT_RATE}.
   */
  readonly documentRate?: Rate | undefined;
  /** Whether clients may ask for the schema, and are told what a misspelt name may have meant. Default true. */
  readonly introspection?: boolean | undefined;
  /** The longest message, in bytes. Default 100,000. */
  readonly messageLimit?: number | undefined;
}

const OPTIONS = strictObject({
  walletSessions: instanceWith<SubscriptionsOptions['walletSessions']>(
    ['sessions', 'sourceOf'],
    'must be what createWalletSessions made',
  ),
  schema: instanceWith<GraphQLSchema>(['getQueryType'], 'must be a schema of graphql'),
  origins: v.array(text, 'must be a list of origins, like ["https://app.example.com"]'),
  path: v.optional(text, '/graphql'),
  context: v.optional(callable<NonNullable<SubscriptionsOptions['context']>>()),
  limits: v.optional(SOCKET_LIMITS, {}),
  documentLimits: v.optional(DOCUMENT_LIMITS, {}),
  documentRate: DOCUMENT_RATE,
  introspection: v.optional(boolean, true),
  messageLimit: v.optional(integer(1, 'number of bytes'), 100_000),
} satisfies Record<keyof SubscriptionsOptions, v.GenericSchema>);

/** The WebSockets of an application's server. */
export interface SubscriptionServer {
  /** Lets no socket in any more, and resolves when all are closed: each with 1001, once its operations are answered. */
  close(): Promise<void>;
}

/**
 * Serves an application's schema over WebSocket (`graphql-transport-ws`) on its own server of `node:http`. A
 * socket that was opened with a session is closed with 4403 when the session ends, and with 4498 when the session was
 * refreshed and the socket has not presented the new access token within the grace time, in a ping or by reconnecting.
 * @throws TypeError for an option that is not what it must be, or that there is not; RangeError for a figure that is too
 * small, or not whole
 */
export function serveSubscriptions(
  http: Server,
  options: SubscriptionsOptions,
): SubscriptionServer {
  const read = readOptionsOf('serveSubscriptions', OPTIONS, options);
  const { walletSessions, schema, origins, path, context, introspection, limits } = read;
  const { report } = walletSessions;
  const services = servicesOf(walletSessions);
  return createSocketServer({
    http,
    path,
    protocol: createGraphQLOverWebSocket({
      schema,
      documents: createDocuments({
        schema,
        rules: createDocumentRules(read.documentLimits, introspection),
        budget: createDocumentBudget(read.documentRate),
      }),
      trusted: createTrustedDocuments(new Map()),
      services,
      contextFor: createRequestContextFactory(services),
      extendContext: context,
      limits,
      present: createErrorPresenter(introspection),
      report,
    }),
    sourceOf: (request) => walletSessions.sourceOf(request),
    origins,
    openCookieSession: walletSessions.openCookieSession,
    limits,
    messageLimit: read.messageLimit,
    report,
  });
}
