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

/** Options of {@link serveSubscriptions}. */
export interface SubscriptionsOptions {
  /** The result of `createWalletSessions`. */
  readonly walletSessions: WalletSessionsServices & {
    sourceOf(request: IncomingMessage): ClientInfo;
    readonly origins: readonly string[];
    readonly openCookieSession?: OpenCookieSession | undefined;
  };
  /** The application's schema, including the schema of wallet sessions. */
  readonly schema: GraphQLSchema;
  /**
   * The web origins whose pages may open sockets, in addition to pages of the server's own origin (`Origin` names the same
   * host as `Host`). Browsers let any page try. Default: the `origins` of `walletSessions`.
   */
  readonly origins?: readonly string[] | undefined;
  /** The path of the endpoint. Other paths are left to the application. Default `/graphql`. */
  readonly path?: string | undefined;
  /** Creates the application's context from that of wallet sessions, once per operation. */
  readonly context?: ((walletSessions: WalletSessionsContext) => object) | undefined;
  /** Overrides of {@link DEFAULT_SOCKET_LIMITS}. */
  readonly limits?: PartialOptions<SocketLimits> | undefined;
  /** Overrides of {@link DEFAULT_DOCUMENT_LIMITS}. */
  readonly documentLimits?: PartialOptions<DocumentLimits> | undefined;
  /**
   * Rate limit on new documents, which the server has not validated before, per network. Counted in this process.
   * `acts: 0` means no limit. Default {@link DEFAULT_DOCUMENT_RATE}.
   */
  readonly documentRate?: Rate | undefined;
  /** Whether clients may query the schema, and whether errors suggest names ("Did you mean …?"). Default true. */
  readonly introspection?: boolean | undefined;
  /** Maximum size of a message, in bytes. Default 100,000. */
  readonly messageLimit?: number | undefined;
}

const OPTIONS = strictObject({
  walletSessions: instanceWith<SubscriptionsOptions['walletSessions']>(
    ['sessions', 'sourceOf'],
    'must be the result of createWalletSessions',
  ),
  schema: instanceWith<GraphQLSchema>(['getQueryType'], 'must be a GraphQLSchema'),
  origins: v.optional(v.array(text, 'must be a list of origins, like ["https://app.example.com"]')),
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
  /** Refuses new sockets, closes each socket with 1001 after its operations are answered, and resolves when all are closed. */
  close(): Promise<void>;
}

/**
 * Serves an application's schema over WebSocket (`graphql-transport-ws`) on its server of `node:http`. A socket that was
 * opened with a session is closed with 4403 when the session ends, and with 4498 when the session was refreshed and the
 * socket has not presented the new access token within the grace time, in a ping or by reconnecting.
 * @throws TypeError for an invalid or unknown option, or without a server; RangeError for a number that is too small or
 * not an integer
 */
export function serveSubscriptions(
  http: Server,
  options: SubscriptionsOptions,
): SubscriptionServer {
  if (!isServer(http)) {
    throw new TypeError(
      'serveSubscriptions takes a server of node:http first, then its options: ' +
        'serveSubscriptions(server, { walletSessions, schema, origins }).',
    );
  }
  const read = readOptionsOf('serveSubscriptions', OPTIONS, options);
  const { walletSessions, schema, path, context, introspection, limits } = read;
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
    origins: read.origins ?? walletSessions.origins,
    openCookieSession: walletSessions.openCookieSession,
    limits,
    messageLimit: read.messageLimit,
    report,
  });
}

function isServer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'listen' in value && 'on' in value;
}
