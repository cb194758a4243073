import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { LRUCache } from 'lru-cache';
import { documentIdOf, type TrustedDocuments } from '../graphql/trusted-documents.js';

type KeyValueCache = Exclude<
  Exclude<ApolloServerOptions<BaseContext>['persistedQueries'], false | undefined>['cache'],
  undefined
>;

/** Of the documents that clients register, in characters and in number. */
const MAX_LENGTH = 100_000;
const MAX_TEXT = 1_000_000;
const MAX_QUERIES = 1000;

/** What Apollo Server puts before a hash. */
const PREFIX = 'apq:';

/** Persisted queries: the trusted ones, which are never lost, and those that clients register. */
export interface PersistedQueries {
  /** Where Apollo Server looks for them. */
  readonly cache: KeyValueCache;
  /** The text that a client has registered under the hash. */
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

/** The body in the form that Apollo Server knows: a `documentId` becomes a persisted query. */
export function withPersistedQuery(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('documentId' in body)) return body;
  const id = documentIdOf(body);
  if (id === undefined) return body;
  const { extensions } = body as { extensions?: unknown };
  // Apollo Server refuses extensions of another form.
  if (extensions !== undefined && (typeof extensions !== 'object' || Array.isArray(extensions)))
    return body;
  const persistedQuery = { version: 1, sha256Hash: id.replace(/^sha256:/, '') };
  return { ...body, extensions: { ...extensions, persistedQuery } };
}
