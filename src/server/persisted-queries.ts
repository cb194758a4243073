import { LRUCache } from 'lru-cache';
import { documentIdOf, type TrustedDocuments } from '../graphql/trusted-documents.js';

/** Of the documents that clients register, in characters and in number. */
const LONGEST = 100_000;
const MOST_TEXT = 1_000_000;
const MOST = 1000;

/** What Apollo Server puts before a hash. */
const PREFIX = 'apq:';

/** Where Apollo Server looks for persisted queries: first among the trusted ones, which are never lost. */
export function createPersistedQueries(trusted: TrustedDocuments) {
  const registered = new LRUCache<string, string>({
    max: MOST,
    maxSize: MOST_TEXT,
    maxEntrySize: LONGEST,
    sizeCalculation: (text) => text.length || 1,
  });
  return {
    get: (key: string) =>
      Promise.resolve(trusted.textOf(key.slice(PREFIX.length)) ?? registered.get(key)),
    set: (key: string, text: string) => {
      registered.set(key, text);
      return Promise.resolve();
    },
    delete: (key: string) => Promise.resolve(registered.delete(key)),
  };
}

/** The body as Apollo Server knows it: with a `documentId` in the form of a persisted query. */
export function withPersistedQuery(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('documentId' in body)) return body;
  const id = documentIdOf(body);
  if (id === undefined) return body;
  const { extensions } = body as { extensions?: object | null };
  const persistedQuery = { version: 1, sha256Hash: id.replace(/^sha256:/, '') };
  return { ...body, extensions: { ...extensions, persistedQuery } };
}
