import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Apollo Server’s cache of parsed and valid documents (its option `documentStore`). */
export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** Valid documents in memory, by key. */
export interface KeptDocuments {
  get(key: string): DocumentNode | undefined;
  set(key: string, document: DocumentNode): void;
  delete(key: string): boolean;
}

/** Bounds: documents, and characters of their texts. A parsed document takes many times the length of its text. */
const MAX_DOCUMENTS = 1000;
const MAX_TEXT = 500_000;
const MAX_TEXT_LENGTH = 10_000;

/**
 * Bounded by the texts of the documents, which stay in memory as long as the documents. The store of Apollo Server
 * does not count them: with white space and comments, which are not tokens, anybody could fill the memory.
 */
export function createKeptDocuments(): KeptDocuments {
  return new LRUCache<string, DocumentNode>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_TEXT,
    maxEntrySize: MAX_TEXT_LENGTH,
    sizeCalculation: (document) => textLengthOf(document) || 1,
  });
}

/** @param nameOf maps a key of Apollo Server to a key in `kept`. Default: identity */
export function createDocumentStore(
  kept: KeptDocuments = createKeptDocuments(),
  nameOf: (key: string) => string = (key) => key,
): DocumentStore {
  return {
    get: (key) => Promise.resolve(kept.get(nameOf(key))),
    set(key, document) {
      kept.set(nameOf(key), document);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(kept.delete(nameOf(key))),
  };
}

/** The length of the text that a document was parsed from and keeps in memory. */
export function textLengthOf({ loc }: DocumentNode): number {
  return loc?.source.body.length ?? 0;
}
