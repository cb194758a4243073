import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { ClientInfo } from '../sessions/session.js';
import type { DocumentBudget } from './document-limits.js';
import { prepareDocument, type DocumentRules } from './document-rules.js';
import { createDocumentStore, createKeptDocuments, type DocumentStore } from './document-store.js';

/**
 * The documents of one schema: a document that is valid is kept, for every transport, and is not validated again.
 * The others count against the budget of the network that sends them.
 */
export interface Documents {
  /**
   * Counts the document for the network if it is not kept. To be called before another parses and validates it.
   * @throws WalletSessionsError `RATE_LIMITED`
   */
  admit(text: string, source: ClientInfo): void;
  /**
   * Parses and validates the document, unless it is kept.
   * @param source who sent it; left out for a document of the operator's, which counts for nobody
   * @throws WalletSessionsError `RATE_LIMITED`
   */
  prepare(text: string, source: ClientInfo | undefined): DocumentNode | readonly GraphQLError[];
  /** The same documents for Apollo Server, which parses and validates by itself. */
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
      if (kept.get(hashOf(text)) === undefined) budget.spend(source);
    },
    prepare(text, source) {
      const hash = hashOf(text);
      const known = kept.get(hash);
      if (known !== undefined) return known;
      if (source !== undefined) budget.spend(source);
      const document = prepareDocument(schema, rules, text);
      if ('kind' in document) kept.set(hash, document);
      return document;
    },
    // Apollo Server puts the hash of the schema before that of the text.
    store: createDocumentStore(kept, (key) => key.slice(key.lastIndexOf(':') + 1)),
  };
}

/** As Apollo Server computes it. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
