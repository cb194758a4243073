import type { ApolloServerOptions, BaseContext, HTTPGraphQLRequest } from '@apollo/server';
import { LRUCache } from 'lru-cache';
import { documentIdOf, type TrustedDocuments } from '../graphql/trusted-documents.js';

type KeyValueCache = Exclude<
  Exclude<ApolloServerOptions<BaseContext>['persistedQueries'], false | undefined>['cache'],
  undefined
>;

/** Limits on documents that clients register: characters per document, characters in total, and number. */
const MAX_LENGTH = 100_000;
const MAX_TEXT = 1_000_000;
const MAX_QUERIES = 1000;

/** Apollo Server’s prefix of hashes in the cache. */
const PREFIX = 'apq:';

/** Persisted queries: trusted documents, which are never evicted, and documents that clients register. */
export interface PersistedQueries {
  /** Apollo Server’s cache of persisted queries. */
  readonly cache: KeyValueCache;
  /** The text that a client has registered for the hash. */
  readonly registered: (hash: string) => string | undefined;
}

export function createPersistedQueries(trusted: TrustedDocuments): PersistedQueries {
  const registered = new LRUCache<string, string>({
    max: MAX_QUERIES,
    maxSize: MAX_TEXT,
    maxEntrySize: MAX_LENGTH,
    sizeCalculation: (text) => text.length || 1,
  });
  return {
    cache: {
      get: (key) =>
        Promise.resolve(trusted.textOf(key.slice(PREFIX.length)) ?? registered.get(key)),
      set(key, text) {
        registered.set(key, text);
        return Promise.resolve();
      },
      delete: (key) => Promise.resolve(registered.delete(key)),
    },
    registered: (hash) => registered.get(PREFIX + hash),
  };
}

/** Converts a `documentId` to a persisted query, which Apollo Server understands. */
export function withPersistedQuery(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('documentId' in body)) return body;
  const id = documentIdOf(body);
  if (id === undefined) return body;
  const { extensions } = body as { extensions?: unknown };
  // Apollo Server refuses other types of extensions.
  if (extensions !== undefined && (typeof extensions !== 'object' || Array.isArray(extensions)))
    return body;
  const persistedQuery = { version: 1, sha256Hash: id.replace(/^sha256:/, '') };
  return { ...body, extensions: { ...extensions, persistedQuery } };
}

/**
 * Returns the text of the document that a request sends or refers to by hash; `undefined` if there is none, which Apollo
 * Server refuses.
 * @param registered returns the text that a client has registered for a hash
 */
export function documentTextOf(
  { method, body, search }: HTTPGraphQLRequest,
  registered: (hash: string) => string | undefined,
): string | undefined {
  const { query, extensions } = method === 'GET' ? parametersIn(search) : fieldsOf(body);
  if (typeof query === 'string') return query;
  const hash = documentIdOf({ extensions });
  return hash === undefined ? undefined : registered(hash);
}

interface Fields {
  readonly query?: unknown;
  readonly extensions?: object | null;
}

function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null ? body : {};
}

function parametersIn(search: string): Fields {
  const parameters = new URLSearchParams(search);
  const query = parameters.get('query') ?? undefined;
  const extensions = query === undefined ? parameters.get('extensions') : null;
  try {
    return { query, extensions: extensions === null ? null : fieldsOf(JSON.parse(extensions)) };
  } catch {
    return { query };
  }
}
