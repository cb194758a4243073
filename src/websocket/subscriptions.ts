import type { IncomingMessage, Server } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { OpenCookieSession } from '../http/cookies/cookie-session.js';
import {
  createDocumentBudget,
  DOCUMENT_LIMIT_SETTINGS,
  DOCUMENT_RATE_SETTINGS,
} from '../graphql/document-limits.js';
import { createDocumentRules, createDocuments } from '../graphql/documents.js';
import { createErrorPresenter } from '../graphql/errors.js';
import {
  createRequestContextFactory,
  servicesOf,
  type WalletSessionsContext,
  type WalletSessionsServices,
} from '../graphql/context.js';
import { createTrustedDocuments } from '../graphql/trusted-documents.js';
import { optional, readOptionsOf, required, withDefault, type OptionsOf } from '../options.js';
import { boolean, callable, instanceWith, list, text } from '../setting-types.js';
import type { ClientInfo } from '../sessions/session.js';
import { origin } from '../sign-in/policy.js';
import { createGraphQLOverWebSocket } from './graphql-over-websocket.js';
import { MESSAGE_SETTINGS, SOCKET_LIMIT_SETTINGS } from './socket-limits.js';
import { createSocketServer } from './socket-server.js';

/** What {@link serveSubscriptions} uses of the result of `createWalletSessions`. */
interface ServedSessions extends WalletSessionsServices {
  sourceOf(request: IncomingMessage): ClientInfo;
  readonly origins: readonly string[];
  readonly openCookieSession?: OpenCookieSession | undefined;
}

export const SUBSCRIPTION_SETTINGS = {
  /** The result of `createWalletSessions`. */
  walletSessions: required(
    instanceWith<ServedSessions>(
      'WalletSessions',
      ['sessions', 'sourceOf'],
      'must be the result of createWalletSessions',
    ),
  ),
  /** The application's schema, including the schema of wallet sessions. */
  schema: required(
    instanceWith<GraphQLSchema>('GraphQLSchema', ['getQueryType'], 'must be a GraphQLSchema'),
  ),
  /**
   * The web origins whose pages may open sockets, in addition to pages of the server's own origin (`Origin` names the same
   * host as `Host`). Browsers let any page try. By default, the `origins` of `walletSessions`.
   */
  origins: optional(list(origin, 'origins, like ["https://app.example.com"]')),
  /** The path of the endpoint. Other paths are left to the application. */
  path: withDefault('/graphql', text),
  /** Creates the application's context from that of wallet sessions, once per operation. */
  context: optional(
    callable<(walletSessions: WalletSessionsContext) => object>(
      '(walletSessions: WalletSessionsContext) => object',
    ),
  ),
  /** Limits on sockets. */
  limits: SOCKET_LIMIT_SETTINGS,
  /** Limits on documents. */
  documentLimits: DOCUMENT_LIMIT_SETTINGS,
  /** New documents, which this process has not validated before, per IPv4 address or IPv6 /64. `acts: 0` means no limit. */
  documentRate: DOCUMENT_RATE_SETTINGS.documentRate,
  /** Whether clients may query the schema, and whether errors suggest names ("Did you mean …?"). */
  introspection: withDefault(true, boolean),
  /** Maximum size of a message, in bytes. */
  messageLimit: MESSAGE_SETTINGS.messageLimit,
};

/** Options of {@link serveSubscriptions}. */
export type SubscriptionsOptions = OptionsOf<typeof SUBSCRIPTION_SETTINGS>;

/** The WebSockets of an application's server. */
export interface SubscriptionServer {
  /** Refuses new sockets, closes each socket with 1001 after its operations are answered, and resolves when all are closed. */
  close(): Promise<void>;
}

/**
 * Serves an application's schema over WebSocket (`graphql-transport-ws`) on its server of `node:http`. A socket that was
 * opened with a session is closed with 4403 when the session ends, and with 4498 when the session was refreshed and the
 * socket has not presented the new access token within the grace period, in a ping or by reconnecting.
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
  const read = readOptionsOf('serveSubscriptions', SUBSCRIPTION_SETTINGS, options);
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
