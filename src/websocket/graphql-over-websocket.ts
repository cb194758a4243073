import { GraphQLError, OperationTypeNode } from 'graphql';
import {
  CloseCode,
  makeServer,
  type Context,
  type ServerOptions,
  type SubscribePayload,
} from 'graphql-ws';
import type { WebSocket } from 'ws';
import { WalletSessionsError } from '../errors.js';
import { withCode } from '../graphql/documents.js';
import {
  presentAndReport,
  reportUndisclosed,
  toGraphQLError,
  type PresentError,
  type ReportError,
} from '../graphql/errors.js';
import type {
  RequestContextFactory,
  WalletSessionsContext,
  WalletSessionsServices,
} from '../graphql/context.js';
import {
  forgetDocument,
  observeSocketOperations,
  prepareOperation,
  subscribe,
  type DocumentSources,
} from './socket-operations.js';
import { authorizationIn, credentialIn, mistakeInToken } from '../http/credential.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import type { ClientInfo } from '../sessions/session.js';
import type { OperationObserver } from '../graphql/operation-observer.js';
import { createQuota } from '../http/quota.js';
import { POLICY_VIOLATION, TRY_AGAIN_LATER, type SocketLimits } from './socket-limits.js';
import { bindToSession } from './socket-session.js';
import type { SocketExtra } from './socket-extra.js';
import { createStandingDocuments, createSubscriptionQuota } from './subscription-quota.js';

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

export interface GraphQLOverWebSocketOptions extends DocumentSources {
  readonly services: WalletSessionsServices;
  readonly contextFor: RequestContextFactory;
  /** Extends the context with that of an embedding application. */
  readonly extendContext?: ((context: WalletSessionsContext) => object) | undefined;
  readonly limits: SocketLimits;
  readonly present: PresentError;
  readonly report: ReportError;
  /** Observes the operations, if set. */
  readonly observer?: OperationObserver | undefined;
}

/** Close reason if the client presents something other than a token. */
const NO_TOKEN = 'authorization must be "Bearer" or "DPoP" and an access token.';

/** Close reason if a proof was refused: the code and, if the client needs one, the nonce of the service. */
const proofRefusal = ({ code, refusal, nonce }: KeyProofRefused) => `${code} ${nonce ?? refusal}`;

/** GraphQL over WebSocket: the `graphql-transport-ws` protocol, with the session of each socket. */
export function createGraphQLOverWebSocket(options: GraphQLOverWebSocketOptions) {
  const { services, contextFor, limits, present, report, observer } = options;
  const { extendContext = (context: WalletSessionsContext) => context } = options;
  const socketsOfSession = createQuota(limits.socketsPerSession);
  const standing = createStandingDocuments();
  const subscriptionQuota = createSubscriptionQuota(limits, standing);
  const presentErrors = presentAndReport(present, report);

  const protocol: ServerOptions<Record<string, unknown>, SocketExtra> = {
    connectionInitWaitTimeout: limits.initTimeout,
    subscribe,

    async onConnect(context) {
      const { connectionParams, extra } = context;
      forgetParams(context);
      const authorization = authorizationIn(connectionParams);
      const hasToken = authorization !== undefined;
      if (!hasToken && extra.session === undefined) return true;
      const credential = credentialIn(connectionParams, extra.path);
      const mistake =
        mistakeInToken(credential) ?? (hasToken && credential === undefined && NO_TOKEN);
      if (mistake !== false) {
        extra.socket.close(CloseCode.Forbidden, mistake);
        return false;
      }
      try {
        const session =
          credential === undefined
            ? extra.session
            : await services.sessions.authenticate(credential, extra.source);
        if (session === undefined) return false;
        if (!countFor(session.id, extra.socket)) return false;
        extra.bound = await bindToSession(services.sessions, session, extra);
        return extra.bound !== undefined;
      } catch (error) {
        if (!(error instanceof WalletSessionsError)) throw error;
        if (error instanceof KeyProofRefused) {
          extra.socket.close(CloseCode.Forbidden, proofRefusal(error));
          return false;
        }
        reportUndisclosed(report, error, extra.source);
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
      const { operationsPerSocket: max } = limits;
      // If the client has completed the operation, graphql-ws no longer knows it and would confuse its end with the new one's.
      if (underWay.has(id) || subscribed.has(id)) {
        socket.close(
          CloseCode.SubscriberAlreadyExists,
          'An operation with this id is still running',
        );
        return [
          withCode('BAD_REQUEST', new GraphQLError('An operation with this id is still running.')),
        ];
      }
      // Includes this operation.
      const all = new Set([...underWay, ...Object.keys(context.subscriptions)]);
      if (max > 0 && all.size > max) return [tooMany(max)];
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
        // The client repeats it over the next socket: wait for the close, so that the client gets no error.
        subscriptionQuota.give(context.extra, id);
        answered(id, context.extra);
        await bound.lapsed;
        return [toGraphQLError(new WalletSessionsError('UNAUTHENTICATED'))];
      } catch (error) {
        // After the error has been sent.
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

  /** Counts the socket for its session while it is open; closes it if the session has too many sockets. */
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

  /** Errors are answered as GraphQL errors; they do not close the socket. */
  function prepareForSource(payload: SubscribePayload, source: ClientInfo) {
    try {
      return prepareOperation(options, standing, payload, source);
    } catch (error) {
      if (error instanceof WalletSessionsError) return [toGraphQLError(error)];
      throw error;
    }
  }

  async function contextOf({ extra: { bound, source, origin, cookies } }: SocketContext) {
    const { connection, closeAfter } = bound ?? {};
    const transport = { origin, cookies, closeAfter };
    return extendContext({ walletSessions: await contextFor(connection, source, transport) });
  }
}

/** graphql-ws keeps the parameters as long as the socket. The token is not kept either. */
function forgetParams(context: { connectionParams?: unknown }): void {
  context.connectionParams = undefined;
}

/** Delays the close of the socket until the operation is answered: it may log out the socket's own session. */
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

function tooMany(max: number): GraphQLError {
  return new GraphQLError(`A socket may run at most ${max} operations concurrently.`, {
    extensions: { code: 'TOO_MANY_OPERATIONS' },
  });
}
