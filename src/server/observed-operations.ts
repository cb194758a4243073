import type { ApolloServerPlugin, HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WalletSessionsContext } from '../graphql/context.js';
import type { ClientInfo } from '../sessions/session.js';
import {
  unknownOperation,
  type AnsweredOperation,
  describeOperation,
  type OperationObserver,
  type ObservedOperation,
} from './operation-observer.js';
import { codesOf } from '../graphql/errors.js';
import { execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import { subscribe } from '../graphql/subscribe.js';

type AnswerOperation = (
  request: IncomingMessage,
  response: ServerResponse,
  source: ClientInfo,
) => Promise<AnsweredOperation>;

/** Wraps a handler so that each operation is observed. */
export function observeHttpOperations(
  answer: AnswerOperation,
  observer: OperationObserver,
): AnswerOperation {
  return async (request, response, source) => {
    const { headers } = request;
    const { requestId } = source;
    const observed = observer.begin({ transport: 'http', headers, requestId });
    try {
      const operation = await observed.run(() => answer(request, response, source));
      observed.end(operation);
      return operation;
    } catch (error) {
      observed.end(unknownOperation(['INTERNAL_SERVER_ERROR']));
      throw error;
    }
  };
}

/** Tells which operation Apollo Server has answered. */
export interface ApolloAnswers {
  readonly plugin: ApolloServerPlugin<WalletSessionsContext>;
  operationOf(request: HTTPGraphQLRequest, answer: HTTPGraphQLResponse): AnsweredOperation;
}

export function createApolloAnswers(): ApolloAnswers {
  const operations = new WeakMap<HTTPGraphQLRequest, AnsweredOperation>();
  return {
    plugin: {
      requestDidStart: () =>
        Promise.resolve({
          willSendResponse({ request, document, operation, operationName, errors }) {
            if (request.http === undefined) return Promise.resolve();
            const codes = codesOf(errors);
            // Without an operation, the document was invalid.
            operations.set(
              request.http,
              operation === undefined || document === undefined
                ? unknownOperation(codes)
                : describeOperation(document, operationName, codes),
            );
            return Promise.resolve();
          },
        }),
    },
    // Plugins do not see malformed GraphQL requests.
    operationOf: (request, { body }) =>
      operations.get(request) ??
      unknownOperation(body.kind === 'complete' ? codesIn(body.string) : []),
  };
}

function codesIn(text: string): string[] {
  try {
    return codesOf((JSON.parse(text) as { errors?: [] }).errors);
  } catch {
    return ['BAD_REQUEST'];
  }
}

type Params = Record<string, unknown>;

/** The state of a socket that an observer needs. */
type ObservedSocket = Record<PropertyKey, unknown> & { readonly source: ClientInfo };

/** Adds an observer to the protocol. A subscription is observed until it is established. */
export function observeSocketOperations<P extends Params, Extra extends ObservedSocket>(
  options: ServerOptions<P, Extra>,
  observer: OperationObserver,
): ServerOptions<P, Extra> {
  const underWay = new WeakMap<ExecutionArgs, ObservedOperation>();

  return {
    ...options,

    async onSubscribe(context, id, payload) {
      const { requestId } = context.extra.source;
      const observed = observer.begin({ transport: 'websocket', requestId });
      try {
        const prepared = await observed.run(() => options.onSubscribe?.(context, id, payload));
        if (Array.isArray(prepared)) observed.end(unknownOperation(codesOf(prepared)));
        else if (prepared) underWay.set(prepared as ExecutionArgs, observed);
        return prepared;
      } catch (error) {
        observed.end(unknownOperation(['INTERNAL_SERVER_ERROR']));
        throw error;
      }
    },

    execute: (args) => run(args, () => execute(args)),
    subscribe: (args) => run(args, () => subscribe(args)),

    onOperation(context, id, payload, args, result) {
      const codes = codesOf((result as ExecutionResult).errors);
      underWay.get(args)?.end(describeOperation(args.document, args.operationName, codes));
      // The arguments of a subscription stay in memory as long as it does.
      underWay.delete(args);
      return options.onOperation?.(context, id, payload, args, result);
    },
  };

  function run<Result>(args: ExecutionArgs, work: () => Result): Result {
    const observed = underWay.get(args);
    return observed === undefined ? work() : observed.run(work);
  }
}
