import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Where Apollo Server keeps the documents that it has parsed and found valid (its option `documentStore`). */
export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** Valid documents in memory, by keys. */
export interface KeptDocuments {
  get(key: string): DocumentNode | undefined;
  set(key: string, document: DocumentNode): void;
  delete(key: string): boolean;
}

/** The bounds: documents, and the characters of their texts. Parsed, a short text can take many times its length. */
const MAX_DOCUMENTS = 1000;
const MAX_TEXT = 500_000;
const MAX_TEXT_LENGTH = 10_000;

/**
 * Bounded by the texts of the documents, which live as long as the documents do. The store that Apollo Server brings
 * does not count them: with spaces and comments, which are no tokens, anybody could fill the memory.
 */
export function createKeptDocuments(): KeptDocuments {
  return new LRUCache<string, DocumentNode>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_TEXT,
    maxEntrySize: MAX_TEXT_LENGTH,
    sizeCalculation: (document) => textLengthOf(document) || 1,
  });
}

/** @param nameOf the key of a document among those kept, made of Apollo Server's key. Default: the same */
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

/** The length of the text that a document was parsed from, and keeps in memory. */
export function textLengthOf({ loc }: DocumentNode): number {
  return loc?.source.body.length ?? 0;
}
