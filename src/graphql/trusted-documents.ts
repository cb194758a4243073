import { GraphQLError, type ValidationRule } from 'graphql';

/** Documents that are known beforehand, each by the hash that a code generator gave it. */
export interface TrustedDocuments {
  textOf(id: string): string | undefined;
  /** Refuses every document that is not one of them. */
  readonly rule: ValidationRule;
}

/** @param texts the documents by their ids, as in `persisted-documents.json` of GraphQL Code Generator */
export function createTrustedDocuments(texts: ReadonlyMap<string, string>): TrustedDocuments {
  const trusted = new Set(texts.values());
  const byHash = new Map(Array.from(texts, ([id, text]) => [hashIn(id), text]));
  return {
    textOf: (id) => byHash.get(hashIn(id)),
    rule: (context) => ({
      Document(document) {
        const text = document.loc?.source.body;
        if (text === undefined || !trusted.has(text)) {
          context.reportError(new GraphQLError('That is none of the trusted documents.'));
        }
      },
    }),
  };
}

/**
 * The id of the document that a request names instead of sending it: `documentId` (GraphQL over HTTP,
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

/** Some write the name of the hash before it. */
function hashIn(id: string): string {
  return id.replace(/^sha\d+:/, '');
}
