import { GraphQLError, type ValidationRule } from 'graphql';

/** Documents that the operator has registered, by the hash that a code generator gave them. */
export interface TrustedDocuments {
  textOf(id: string): string | undefined;
  /** Validation rule that refuses all other documents. */
  readonly rule: ValidationRule;
}

/** @param texts the documents by id, as in `persisted-documents.json` of GraphQL Code Generator */
export function createTrustedDocuments(texts: ReadonlyMap<string, string>): TrustedDocuments {
  const trusted = new Set(texts.values());
  const byHash = new Map(Array.from(texts, ([id, text]) => [hashIn(id), text]));
  return {
    textOf: (id) => byHash.get(hashIn(id)),
    rule: (context) => ({
      Document(document) {
        const text = document.loc?.source.body;
        if (text === undefined || !trusted.has(text)) {
          context.reportError(new GraphQLError('The document is not a trusted document.'));
        }
      },
    }),
  };
}

/**
 * The id of a document that a request refers to instead of sending its text: `documentId` (GraphQL over HTTP,
 * "Persisted Documents"), or `extensions.persistedQuery.sha256Hash` (Apollo's automatic persisted queries).
 */
export function documentIdOf(request: object): string | undefined {
  const { documentId, extensions } = request as {
    documentId?: unknown;
    extensions?: { persistedQuery?: { sha256Hash?: unknown } | null } | null;
  };
  const id = documentId ?? extensions?.persistedQuery?.sha256Hash;
  return typeof id === 'string' ? id : undefined;
}

/** Strips the name of the hash algorithm, which some generators prepend. */
function hashIn(id: string): string {
  return id.replace(/^sha\d+:/, '');
}
