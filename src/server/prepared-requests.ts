import type { ApolloServerPlugin, HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server';
import {
  execute,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import type { WalletSessionsContext } from '../graphql/scope.js';
import { describeOperation, type AnsweredOperation } from './operation.js';

/** A request that Apollo Server has answered before: all that is left to do is to execute it. */
export interface PreparedRequest {
  readonly operation: AnsweredOperation;
  /** Of the answer, without its length. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body of the answer, or `undefined` where Apollo Server must say what is wrong. */
  execute(context: WalletSessionsContext): string | undefined | Promise<string | undefined>;
}

/**
 * Answers requests that come again, byte for byte, from what Apollo Server found out when it answered
 * the first: that the body is JSON in UTF-8, its document parsed, valid and within the limits, its
 * operation found, the media type agreed on. Nothing comes in here but through Apollo Server, and
 * nothing that it would answer in another way the next time: queries without variables, answered
 * without an error, sent by POST as JSON. Session and result are made anew for each request.
 */
export interface PreparedRequests {
  /** Watches what Apollo Server makes of requests. */
  readonly plugin: ApolloServerPlugin<WalletSessionsContext>;
  find(request: IncomingMessage, body: Buffer): PreparedRequest | undefined;
  /** To be told of each answer of Apollo Server, with the request as it was asked. */
  learn(
    request: IncomingMessage,
    body: Buffer,
    asked: HTTPGraphQLRequest,
    answer: HTTPGraphQLResponse,
  ): void;
}

export interface PreparedRequestsOptions {
  readonly schema: GraphQLSchema;
  /** The most requests that are kept; 0 keeps none. */
  readonly size: number;
}

/** What is longer, in bytes, is rarely sent twice in the same words. */
const LONGEST_BODY = 2048;
const LONGEST_ACCEPT = 256;

/** Of body and media types together, where as many as are allowed are kept. */
const AVERAGE_LENGTH = 512;

export function createPreparedRequests({
  schema,
  size,
}: PreparedRequestsOptions): PreparedRequests {
  const prepared = new LRUCache<string, PreparedRequest>({
    max: Math.max(1, size),
    // A parsed document takes a hundred times its text: the long ones count for several.
    maxSize: Math.max(1, size) * AVERAGE_LENGTH,
    sizeCalculation: (_request, key) => key.length,
  });
  const answered = new WeakMap<HTTPGraphQLRequest, Operation>();

  return {
    plugin: {
      requestDidStart: () =>
        Promise.resolve({
          willSendResponse({ request: { http }, document, operation, operationName, errors }) {
            const isRepeatable =
              errors === undefined &&
              operation?.operation === OperationTypeNode.QUERY &&
              operation.variableDefinitions?.length === 0;
            if (isRepeatable && http !== undefined && document !== undefined) {
              answered.set(http, { document, operationName: operationName ?? null });
            }
            return Promise.resolve();
          },
        }),
    },

    find(request, body) {
      const key = keyOf(request, body);
      return key === undefined ? undefined : prepared.get(key);
    },

    learn(request, body, asked, { status, headers, body: answer }) {
      const key = size === 0 ? undefined : keyOf(request, body);
      const operation = answered.get(asked);
      if (key === undefined || operation === undefined) return;
      if ((status ?? 200) !== 200 || answer.kind !== 'complete') return;
      prepared.set(key, prepare(schema, operation, [...headers]));
    },
  };
}

interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | null;
}

/**
 * All of a request that decides how it is read and in which form it is answered; `undefined` for one of
 * a rarer kind. One character stands for one byte of the body, so that no two bodies have one key.
 */
function keyOf({ method, url, headers }: IncomingMessage, body: Buffer): string | undefined {
  const { accept = '*/*' } = headers;
  if (method !== 'POST' || url?.includes('?') !== false || body.length > LONGEST_BODY)
    return undefined;
  if (headers['content-type'] !== 'application/json' || accept.length > LONGEST_ACCEPT)
    return undefined;
  if (headers['content-encoding'] !== undefined) return undefined;
  return `${accept}\n${body.toString('latin1')}`;
}

function prepare(
  schema: GraphQLSchema,
  { document, operationName }: Operation,
  headers: readonly (readonly [string, string])[],
): PreparedRequest {
  let run: Run = (contextValue) => execute({ schema, document, operationName, contextValue });
  let times = 0;
  return {
    operation: describeOperation(document, operationName),
    headers: headers.filter(([name]) => name !== 'content-length'),
    execute(context) {
      times += 1;
      if (times === WORTH_COMPILING) run = compile(schema, document, operationName) ?? run;
      const result = run(context);
      return result instanceof Promise ? result.then(write) : write(result);
    },
  };
}

/** How often a request must come before its document is compiled, which takes a millisecond or so. */
const WORTH_COMPILING = 20;

type Run = (context: WalletSessionsContext) => ExecutionResult | Promise<ExecutionResult>;

/** `undefined` where it cannot be compiled, or the process may not make code of text. */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
): Run | undefined {
  // It makes plain objects, in which an alias of that name would be no field but the prototype.
  if (document.loc?.source.body.includes('__proto__') !== false) return undefined;
  try {
    const compiled = compileQuery(schema, document, operationName ?? undefined);
    if (!isCompiledQuery(compiled)) return undefined;
    return (context) => compiled.query(undefined, context, undefined);
  } catch {
    return undefined;
  }
}

/** As Apollo Server writes it, which ends the text with a line. */
function write({ data, errors }: ExecutionResult): string | undefined {
  return errors === undefined ? `${JSON.stringify({ data })}\n` : undefined;
}
