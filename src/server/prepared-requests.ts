import type { ApolloServerPlugin, HTTPGraphQLRequest, HTTPGraphQLResponse } from '@apollo/server';
import { OperationTypeNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import { textLengthOf } from '../graphql/documents.js';
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
 * Caches what Apollo Server has established about a request: that its body is well-formed, its document valid and within
 * the limits, its operation found, and the media type negotiated. Repeated requests are then only executed, with their
 * own session and result. An entry comes only from a POST with JSON that Apollo Server answered without an error and would
 * answer in the same way again (except that it may have evicted a hash).
 */
export interface PreparedRequests {
  /** Observes the requests that Apollo Server answers. */
  readonly plugin: ApolloServerPlugin<WalletSessionsContext>;
  /** Finds a query without variables by the bytes of the body. */
  getByBody(request: IncomingMessage, bytes: Buffer): PreparedOperation | undefined;
  /** Finds an operation by its document and name, with any variables. */
  getByDocument(request: IncomingMessage, body: unknown): PreparedRequest | undefined;
  /** Adds a request that Apollo Server has answered. */
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
  /** Maximum number of cached requests; 0 disables the cache. */
  readonly size: number;
}

/** In bytes. Longer requests are rarely repeated. */
const MAX_REQUEST_LENGTH = 2048;
const MAX_ACCEPT_LENGTH = 256;

/** Average length of an entry if the cache is full. */
const AVERAGE_LENGTH = 512;
/** In characters, of a document that is requested by hash. */
const MAX_DOCUMENT_LENGTH = 10_000;

export function createPreparedRequests({
  schema,
  size,
}: PreparedRequestsOptions): PreparedRequests {
  const prepared = new LRUCache<string, PreparedOperation>({
    max: Math.max(1, size),
    // A parsed document takes about a hundred times its text, so long ones count as several entries.
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
      const key = bodyKey(request, bytes);
      return key === undefined ? undefined : prepared.get(key);
    },

    getByDocument(request, body) {
      const asked = size === 0 ? undefined : readGraphQLRequest(body);
      const key = asked && documentKey(request, asked);
      const operation = key === undefined ? undefined : prepared.get(key);
      return operation && asked && { operation, variables: asked.variables };
    },

    put(request, bytes, http, { status, headers, body: answer }) {
      const valid = size === 0 ? undefined : answered.get(http);
      if (valid === undefined || (status ?? 200) !== 200 || answer.kind !== 'complete') return;
      const asked = readGraphQLRequest(http.body);
      if (asked === undefined) return;
      const byBody = isConstant(valid) && asked.isBare;
      const key = byBody ? bodyKey(request, bytes) : documentKey(request, asked);
      if (key === undefined || textLengthOf(valid.document) > MAX_DOCUMENT_LENGTH) return;
      const kept = new Map([['cache-control', 'no-store'], ...headers]);
      kept.delete('content-length');
      prepared.set(key, prepareOperation(schema, valid, [...kept]));
    },
  };
}

function isRepeatable(valid: ValidDocument): boolean {
  return valid.operation.operation !== OperationTypeNode.SUBSCRIPTION && !mayHoldSecrets(valid);
}

/** One character per byte of the body, so that different bodies have different keys. */
function bodyKey(request: IncomingMessage, bytes: Buffer): string | undefined {
  if (bytes.length > MAX_REQUEST_LENGTH) return undefined;
  const accept = acceptOf(request);
  return accept === undefined ? undefined : `same\n${accept}\n${bytes.toString('latin1')}`;
}

function documentKey(request: IncomingMessage, { names }: GraphQLRequest): string | undefined {
  const accept = acceptOf(request);
  if (accept === undefined) return undefined;
  const text = JSON.stringify(names);
  return text.length > MAX_REQUEST_LENGTH ? undefined : `alike\n${accept}\n${text}`;
}

/**
 * The part of the head that determines how the body is parsed and the response formatted; `undefined` for unusual
 * requests, which are not cached.
 */
function acceptOf({ method, url, headers }: IncomingMessage): string | undefined {
  const { accept = '*/*' } = headers;
  if (method !== 'POST' || url?.includes('?') !== false) return undefined;
  if (headers['content-type'] !== 'application/json' || accept.length > MAX_ACCEPT_LENGTH)
    return undefined;
  return headers['content-encoding'] === undefined ? accept : undefined;
}

/** The parts of a body that Apollo Server uses. */
interface GraphQLRequest {
  /** Identifies the operation: document, operation name, document id and hash. */
  readonly names: readonly (string | null)[];
  readonly variables: Fields;
  /** Whether the body contains only names, and so nothing that may be a secret. */
  readonly isBare: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** `undefined` for a body that is malformed or unusual: Apollo Server handles it. */
function readGraphQLRequest(body: unknown): GraphQLRequest | undefined {
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

/** `null` if missing, `undefined` if malformed. */
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
