import type { ApolloServerPlugin, HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WalletSessionsContext } from '../graphql/scope.js';
import type { ClientInfo } from '../sessions/session.js';
import { unknownOperation, type AnsweredOperation } from './answered-operation.js';
import { codesOf } from '../graphql/error-code.js';
import { describeOperation } from './describe-operation.js';
import type { OperationObserver } from './operation-observer.js';

type AnswerOperation = (
  request: IncomingMessage,
  response: ServerResponse,
  source: ClientInfo,
) => Promise<AnsweredOperation>;

/** The same handler, each operation of which is observed. */
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

/** Finds out which operation it was that Apollo Server has answered. */
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
            // Without an operation, the document was not valid.
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
    // What is no GraphQL request, plugins do not see.
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
