import type { ApolloServerPlugin, HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WalletSessionsContext } from '../graphql/context.js';
import type { ClientInfo } from '../sessions/session.js';
import {
  unknownOperation,
  type AnsweredOperation,
  describeOperation,
  type OperationObserver,
} from '../graphql/operation-observer.js';
import { codesOf } from '../graphql/errors.js';

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
