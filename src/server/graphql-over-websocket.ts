import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
} from 'graphql';
import {
  CloseCode,
  makeServer,
  type Context,
  type ServerOptions,
  type SubscribePayload,
} from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { TokenCookies } from '../http/cookies/cookie-session.js';
import { WalletSessionsError } from '../errors.js';
import { withCode } from '../graphql/document-rules.js';
import type { Documents } from '../graphql/documents.js';
import {
  presentAndReport,
  toGraphQLError,
  type PresentError,
  type ReportError,
} from '../graphql/errors.js';
import type {
  RequestContextFactory,
  WalletSessionsContext,
  WalletSessionsServices,
} from '../graphql/context.js';
import { subscribe } from '../graphql/subscribe.js';
import { documentIdOf, type TrustedDocuments } from '../graphql/trusted-documents.js';
import { bearerToken } from '../http/credential.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import { observeSocketOperations } from './observed-operations.js';
import type { OperationObserver } from './operation-observer.js';
import { createQuota } from './quota.js';
import { POLICY_VIOLATION, TRY_AGAIN_LATER, type SocketLimits } from './socket-limits.js';
import { bindToSession, type SocketSession } from './socket-session.js';
import {
  createStandingDocuments,
  type StandingDocuments,
  createSubscriptionQuota,
} from './subscription-quota.js';

/** What is known of a socket. */
export interface SocketExtra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly source: ClientInfo;
  /** What its address counts as in limits. */
  readonly network: string;
  readonly origin: string | undefined;
  /** The session in the cookies of the handshake. */
  readonly session: Session | undefined;
  /** Where the browser keeps its tokens, if in cookies. */
  readonly cookies: TokenCookies | undefined;
  /** The session that the socket was opened with, if with any. */
  bound?: SocketSession | undefined;
  /** The operations that something is still done for, by id, be their client interested or not. */
  readonly underWay: Set<string>;
  /** Those of them with one answer that is not sent yet: the socket does not close before. */
  readonly answering: Map<string, Answer>;
  /** The subscriptions that stand, by id. */
  readonly subscribed: Set<string>;
  /** The documents of subscriptions, from their request to their end, by id. */
  readonly counted: Map<string, DocumentNode>;
  /** The access tokens presented by pings that are being checked. */
  readonly presenting: Set<Promise<unknown>>;
}

interface Answer {
  readonly sent: Promise<void>;
  /** To be called when it is sent. */
  readonly done: () => void;
}

interface ConnectionParams extends Record<string, unknown> {
  readonly authorization?: unknown;
}

type SocketContext = Context<ConnectionParams, SocketExtra>;

export interface GraphQLOverWebSocketOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly trusted: TrustedDocuments;
  readonly services: WalletSessionsServices;
  readonly contextFor: RequestContextFactory;
  /** Adds what an embedding application has in its context. */
  readonly extendContext?: ((context: WalletSessionsContext) => object) | undefined;
  readonly limits: SocketLimits;
  readonly present: PresentError;
  readonly report: ReportError;
  /** Who watches the operations, if anybody does. */
  readonly observer?: OperationObserver | undefined;
}

/** GraphQL over WebSocket: the `graphql-transport-ws` protocol, with the session of each socket. */
export function createGraphQLOverWebSocket(options: GraphQLOverWebSocketOptions) {
  const { services, contextFor, limits, present, report, observer } = options;
  const { extendContext = (context: WalletSessionsContext) => context } = options;
  const socketsOfSession = createQuota(limits.socketsPerSession);
  const standing = createStandingDocuments();
  const subscriptionQuota = createSubscriptionQuota(limits, standing);
  const presentErrors = presentAndReport(present, report);

  const protocol: ServerOptions<ConnectionParams, SocketExtra> = {
    connectionInitWaitTimeout: limits.initTimeout,
    subscribe,

    async onConnect({ connectionParams, extra }) {
      const { authorization } = connectionParams ?? {};
      const hasToken = authorization !== undefined && authorization !== null;
      if (!hasToken && extra.session === undefined) return true;
      const token = typeof authorization === 'string' ? bearerToken(authorization) : undefined;
      try {
        const session = hasToken
          ? await services.sessions.authenticate(token ?? '')
          : extra.session;
        if (session === undefined) return false;
        if (!countFor(session.id, extra.socket)) return false;
        const { sessions } = services;
        const { socket, answering } = extra;
        const answered = () => Promise.all([...answering.values()].map(({ sent }) => sent));
        extra.bound = await bindToSession({ sessions, session, socket, answered });
        return extra.bound !== undefined;
      } catch (error) {
        if (!(error instanceof WalletSessionsError)) throw error;
        report(error.cause ?? error, extra.source);
        extra.socket.close(TRY_AGAIN_LATER, error.code);
        return false;
      }
    },

    onClose({ extra }) {
      subscriptionQuota.giveAll(extra);
      extra.bound?.release();
    },

    async onSubscribe(context, id, payload) {
      const { socket, underWay, subscribed } = context.extra;
      const { operationsPerSocket: most } = limits;
      // Completed by the client, graphql-ws has forgotten it, and would take its end for that of the new one.
      if (underWay.has(id) || subscribed.has(id)) {
        socket.close(CloseCode.SubscriberAlreadyExists, 'The operation of that id still runs');
        return [withCode('BAD_REQUEST', new GraphQLError('The operation of that id still runs.'))];
      }
      // This one is among them already.
      const all = new Set([...underWay, ...Object.keys(context.subscriptions)]);
      if (most > 0 && all.size > most) return [tooMany(most)];
      const prepared = prepareForSource(payload, context.extra.source);
      if (!('operation' in prepared)) return prepared;
      const { operation, args } = prepared;
      if (operation === OperationTypeNode.SUBSCRIPTION) {
        const refusal = subscriptionQuota.take(context.extra, id, args.document);
        if (refusal !== undefined) return [refusal];
        forgetDocument(payload, args.document);
      }
      underWay.add(id);
      if (operation !== OperationTypeNode.SUBSCRIPTION) holdOpenFor(id, context.extra);
      try {
        const contextValue = await contextOf(context);
        const { bound } = context.extra;
        if (bound?.connection.lapsed !== true) return { ...args, contextValue };
        // Its client sends it again over the next socket: after the close, it is not told an error.
        subscriptionQuota.give(context.extra, id);
        answered(id, context.extra);
        await bound.lapsed;
        return [toGraphQLError(new WalletSessionsError('UNAUTHENTICATED'))];
      } catch (error) {
        // After the error, which is the answer.
        setImmediate(() => {
          subscriptionQuota.give(context.extra, id);
          answered(id, context.extra);
        });
        if (error instanceof WalletSessionsError) return [toGraphQLError(error)];
        throw error;
      }
    },

    onOperation({ extra }, id, _payload, _args, result) {
      if (!(Symbol.asyncIterator in (result as object))) return;
      extra.underWay.delete(id);
      extra.subscribed.add(id);
    },

    onComplete({ extra }, id) {
      extra.subscribed.delete(id);
      subscriptionQuota.give(extra, id);
      answered(id, extra);
    },

    onError: ({ extra }, _id, _payload, errors) => presentErrors(errors, extra.source),
    onNext: ({ extra }, _id, _payload, _args, { errors, data = null }) =>
      errors === undefined ? undefined : { errors: presentErrors(errors, extra.source), data },
  };
  return makeServer(
    observer === undefined ? protocol : observeSocketOperations(protocol, observer),
  );

  /** Counts the socket for its session while it is open; closes it where there are too many. */
  function countFor(sessionId: string, socket: WebSocket): boolean {
    if (socket.readyState !== socket.OPEN) return false;
    const isTaken = socketsOfSession.take(sessionId);
    if (!isTaken) socket.close(POLICY_VIOLATION, 'Too many sockets of this session');
    else
      socket.once('close', () => {
        socketsOfSession.give(sessionId);
      });
    return isTaken;
  }

  /** The errors are a GraphQL answer, not a reason to close the socket. */
  function prepareForSource(payload: SubscribePayload, source: ClientInfo) {
    try {
      return prepare(options, standing, payload, source);
    } catch (error) {
      if (error instanceof WalletSessionsError) return [toGraphQLError(error)];
      throw error;
    }
  }

  async function contextOf({ extra: { bound, source, origin, cookies } }: SocketContext) {
    const { connection, closeAfter } = bound ?? {};
    const transport = { origin, cookies, closeAfter, reauthenticated: connection?.reauthenticated };
    return extendContext({ walletSessions: await contextFor(connection, source, transport) });
  }
}

/** A mutation that ends the socket's own session is answered before the socket closes. */
function holdOpenFor(id: string, { bound, answering }: SocketExtra): void {
  let done = () => {};
  const sent = new Promise<void>((resolve) => (done = resolve));
  answering.set(id, { sent, done });
  bound?.closeAfter(sent);
}

function answered(id: string, { underWay, answering }: SocketExtra): void {
  underWay.delete(id);
  answering.get(id)?.done();
  answering.delete(id);
}

function tooMany(most: number): GraphQLError {
  return new GraphQLError(`A socket may have ${most} operations under way at once.`, {
    extensions: { code: 'TOO_MANY_OPERATIONS' },
  });
}

/** The payload lives as long as its subscription: it needs no copy of a text that all of them share. */
function forgetDocument(payload: { query: string; extensions?: unknown }, { loc }: DocumentNode) {
  payload.query = loc?.source.body ?? '';
  payload.extensions = undefined;
}

interface PreparedOperation {
  readonly operation: OperationTypeNode;
  readonly args: ExecutionArgs;
}

/** @throws WalletSessionsError `RATE_LIMITED` */
function prepare(
  { schema, documents, trusted }: GraphQLOverWebSocketOptions,
  standing: StandingDocuments,
  payload: SubscribePayload,
  source: ClientInfo,
): PreparedOperation | readonly GraphQLError[] {
  const { operationName, variables } = payload;
  const id = payload.query === '' ? documentIdOf(payload) : undefined;
  const text = id === undefined ? payload.query : trusted.textOf(id);
  if (text === undefined) {
    return [withCode('PERSISTED_QUERY_NOT_FOUND', new GraphQLError('PersistedQueryNotFound'))];
  }
  const known = standing.find(text);
  const document = known ?? documents.prepare(text, id === undefined ? source : undefined);
  if (!('kind' in document)) return document;
  const definition = getOperationAST(document, operationName);
  if (!definition) {
    return [withCode('OPERATION_RESOLUTION_FAILURE', new GraphQLError('Unknown operation.'))];
  }
  const args = { schema, document, operationName, variableValues: variables };
  return { operation: definition.operation, args };
}
