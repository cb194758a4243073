import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { ClientInfo } from '../sessions/session.js';
import type { DocumentBudget } from './document-limits.js';
import { prepareDocument, type DocumentRules } from './document-rules.js';
import { createDocumentStore, createKeptDocuments, type DocumentStore } from './document-store.js';

/**
 * The documents of one schema. Valid documents are cached for every transport and are not validated again.
 * All others count against the budget of the network that sends them.
 */
export interface Documents {
  /**
   * Counts the document for the network unless it is cached. Call it before another component parses and validates it.
   * @throws WalletSessionsError `RATE_LIMITED`
   */
  admit(text: string, source: ClientInfo): void;
  /**
   * Parses and validates the document, unless it is cached.
   * @param source the sender; `undefined` for a document of the operator, which is not counted
   * @throws WalletSessionsError `RATE_LIMITED`
   */
  prepare(text: string, source: ClientInfo | undefined): DocumentNode | readonly GraphQLError[];
  /** The same cache for Apollo Server, which parses and validates documents itself. */
  readonly store: DocumentStore;
}

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly rules: DocumentRules;
  readonly budget: DocumentBudget;
}

export function createDocuments({ schema, rules, budget }: DocumentsOptions): Documents {
  const kept = createKeptDocuments();
  return {
    admit(text, source) {
      if (kept.get(hashOf(text)) === undefined) budget.spend(source, text.length);
    },
    prepare(text, source) {
      const hash = hashOf(text);
      const known = kept.get(hash);
      if (known !== undefined) return known;
      if (source !== undefined) budget.spend(source, text.length);
      const document = prepareDocument(schema, rules, text);
      if ('kind' in document) kept.set(hash, document);
      return document;
    },
    // Apollo Server prefixes the hash of the text with the hash of the schema.
    store: createDocumentStore(kept, (key) => key.slice(key.lastIndexOf(':') + 1)),
  };
}

/** The same hash as Apollo Server computes. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
