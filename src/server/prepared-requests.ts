import type { ApolloServerPlugin, HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server';
import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import { textLengthOf } from '../graphql/document-store.js';
import type { WalletSessionsContext } from '../graphql/context.js';
import {
  isConstant,
  mayHoldSecrets,
  prepareOperation,
  type PreparedOperation,
  type ValidDocument,
  type Variables,
} from './prepared-operation.js';

/**
 * Answers requests that come again from what Apollo Server found out when it answered the first: that the body
 * is a request, its document parsed, valid and within the limits, its operation found, the media type agreed
 * on. Nothing comes in here but through Apollo Server, and nothing that it would answer in another way the next
 * time, but for a hash that it may have forgotten: what it answered without an error, sent by POST as JSON. Session and
 * result are made anew each time.
 */
export interface PreparedRequests {
  /** Watches what Apollo Server makes of requests. */
  readonly plugin: ApolloServerPlugin<WalletSessionsContext>;
  /** What was prepared for a query without variables, in a body of the same bytes. */
  getByBody(request: IncomingMessage, bytes: Buffer): PreparedOperation | undefined;
  /** What was prepared for a body that is the same but for the variables in it. */
  getByDocument(request: IncomingMessage, body: unknown): PreparedRequest | undefined;
  /** To be told of each answer of Apollo Server, with the request as it was asked. */
  put(
    request: IncomingMessage,
    bytes: Buffer,
    asked: HTTPGraphQLRequest,
    answer: HTTPGraphQLResponse,
  ): void;
}

interface PreparedRequest {
  readonly operation: PreparedOperation;
  readonly variables: Variables;
}

interface PreparedRequestsOptions {
  readonly schema: GraphQLSchema;
  /** The most requests that are kept; 0 keeps none. */
  readonly size: number;
}

/** What is longer, in bytes, is rarely sent twice in the same words. */
const MAX_REQUEST_LENGTH = 2048;
const MAX_ACCEPT_LENGTH = 256;

/** Of body and media types, or of a longer document, where as many as are allowed are kept. */
const AVERAGE_LENGTH = 512;
/** Of a document that is asked for by its hash, in characters. */
const MAX_DOCUMENT_LENGTH = 10_000;

export function createPreparedRequests({
  schema,
  size,
}: PreparedRequestsOptions): PreparedRequests {
  const prepared = new LRUCache<string, PreparedOperation>({
    max: Math.max(1, size),
    // A parsed document takes a hundred times its text: the long ones count for several.
    maxSize: Math.max(1, size) * AVERAGE_LENGTH,
    sizeCalculation: ({ textLength }, key) => Math.max(key.length, textLength),
  });
  const answered = new WeakMap<HTTPGraphQLRequest, ValidDocument>();

  return {
    plugin: {
      requestDidStart: () =>
        Promise.resolve({
          willSendResponse({ request: { http }, document, operation, operationName, errors }) {
            if (http === undefined || document === undefined || operation === undefined)
              return Promise.resolve();
            const valid = { document, operation, operationName: operationName ?? null };
            if (errors === undefined && isRepeatable(valid)) answered.set(http, valid);
            return Promise.resolve();
          },
        }),
    },

    getByBody(request, bytes) {
      const key = keyOfSame(request, bytes);
      return key === undefined ? undefined : prepared.get(key);
    },

    getByDocument(request, body) {
      const asked = size === 0 ? undefined : readGraphQLRequest(body);
      const key = asked && keyOfAlike(request, asked);
      const operation = key === undefined ? undefined : prepared.get(key);
      return operation && asked && { operation, variables: asked.variables };
    },

    put(request, bytes, http, { status, headers, body: answer }) {
      const valid = size === 0 ? undefined : answered.get(http);
      if (valid === undefined || (status ?? 200) !== 200 || answer.kind !== 'complete') return;
      const asked = readGraphQLRequest(http.body);
      if (asked === undefined) return;
      const isSame = isConstant(valid) && asked.isBare;
      const key = isSame ? keyOfSame(request, bytes) : keyOfAlike(request, asked);
      if (key === undefined || textLengthOf(valid.document) > MAX_DOCUMENT_LENGTH) return;
      const kept = [...headers].filter(([name]) => name !== 'content-length');
      prepared.set(key, prepareOperation(schema, valid, kept));
    },
  };
}

function isRepeatable(valid: ValidDocument): boolean {
  return valid.operation.operation !== OperationTypeNode.SUBSCRIPTION && !mayHoldSecrets(valid);
}

/** One character stands for one byte of the body, so that no two bodies have one key. */
function keyOfSame(request: IncomingMessage, bytes: Buffer): string | undefined {
  if (bytes.length > MAX_REQUEST_LENGTH) return undefined;
  const accept = acceptOf(request);
  return accept === undefined ? undefined : `same\n${accept}\n${bytes.toString('latin1')}`;
}

function keyOfAlike(request: IncomingMessage, { names }: GraphQLRequest): string | undefined {
  const accept = acceptOf(request);
  if (accept === undefined) return undefined;
  const text = JSON.stringify(names);
  return text.length > MAX_REQUEST_LENGTH ? undefined : `alike\n${accept}\n${text}`;
}

/**
 * What of the head of a request decides how it is read and in which form it is answered; `undefined` for one of a
 * rarer kind.
 */
function acceptOf({ method, url, headers }: IncomingMessage): string | undefined {
  const { accept = '*/*' } = headers;
  if (method !== 'POST' || url?.includes('?') !== false) return undefined;
  if (headers['content-type'] !== 'application/json' || accept.length > MAX_ACCEPT_LENGTH)
    return undefined;
  return headers['content-encoding'] === undefined ? accept : undefined;
}

/** What of a body Apollo Server looks at. It takes no notice of anything else. */
interface GraphQLRequest {
  /** What names the operation: the document, its hash, and which of its operations. */
  readonly names: readonly (string | null)[];
  readonly variables: Fields;
  /** Whether there is nothing in the body but names: nothing that may be a secret. */
  readonly isBare: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** `undefined` for what is no request, or not of the usual form: Apollo Server is to say what it is. */
export function readGraphQLRequest(body: unknown): GraphQLRequest | undefined {
  if (!isObject(body)) return undefined;
  const { query, operationName, documentId, variables, extensions, ...unknown } = body;
  if (!isObjectOrNone(variables) || !isObjectOrNone(extensions)) return undefined;
  const { persistedQuery, ...unknownExtensions } = extensions ?? {};
  const texts = [query, operationName, documentId].map(textOrNone);
  const names = [...texts, hashIn(persistedQuery)];
  if (!names.every((name) => name !== undefined)) return undefined;
  const besides = { ...variables, ...unknownExtensions, ...unknown };
  return { names, variables: variables ?? {}, isBare: Object.keys(besides).length === 0 };
}

/** `null` for none, `undefined` for what is not of the form. */
type Name = string | null | undefined;

function textOrNone(value: unknown): Name {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : undefined;
}

function hashIn(persistedQuery: unknown): Name {
  if (persistedQuery === undefined || persistedQuery === null) return null;
  if (!isObject(persistedQuery) || persistedQuery['version'] !== 1) return undefined;
  return textOrNone(persistedQuery['sha256Hash']) ?? undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjectOrNone(value: unknown): value is Fields | null | undefined {
  return value === undefined || value === null || isObject(value);
}
