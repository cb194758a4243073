import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/**
 * Where parsed, valid documents are kept: by Apollo Server (its option `documentStore`) under keys of its own, and for
 * WebSockets by their texts.
 */
export interface DocumentStore {
  find(text: string): DocumentNode | undefined;
  keep(text: string, document: DocumentNode): void;
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** In number, and their texts in characters. Parsed, a text of nothing but tokens takes many times as much. */
const MOST = 1000;
const MOST_TEXT = 500_000;
const LONGEST_TEXT = 10_000;

/** Before a text, so that it is not taken for a key of Apollo Server. */
const TEXT = 'text:';

/**
 * Bounded by the texts of the documents, which live as long as they do. The store that Apollo Server brings leaves them
 * out of its account: of spaces and comments, which are no tokens, anybody could make it keep gigabytes.
 */
export function createDocumentStore(): DocumentStore {
  const kept = new LRUCache<string, DocumentNode>({
    max: MOST,
    maxSize: MOST_TEXT,
    maxEntrySize: LONGEST_TEXT,
    sizeCalculation: (document) => textLengthOf(document) || 1,
  });
  return {
    find: (text) => kept.get(TEXT + text),
    keep(text, document) {
      if (text.length <= LONGEST_TEXT) kept.set(TEXT + text, document);
    },
    get: (key) => Promise.resolve(kept.get(key)),
    set(key, document) {
      kept.set(key, document);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(kept.delete(key)),
  };
}

/** Of the text that a document was parsed from, and keeps alive. */
export function textLengthOf({ loc }: DocumentNode): number {
  return loc?.source.body.length ?? 0;
}
