/** What of a body Apollo Server looks at. It takes no notice of anything else. */
export interface GraphQLRequest {
  /** What names the operation: the document, its hash, and which of its operations. */
  readonly names: readonly (string | null)[];
  readonly variables: Fields;
  /** Whether there is nothing in the body but names: nothing that may be a secret. */
  readonly isBare: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** `undefined` for what is no request, or not of the usual form: Apollo Server is to say what it is. */
export function readGraphQLRequest(body: unknown): GraphQLRequest | undefined {
  if (!isObject(body)) return undefined;
  const { query, operationName, documentId, variables, extensions, ...unknown } = body;
  if (!isObjectOrNone(variables) || !isObjectOrNone(extensions)) return undefined;
  const { persistedQuery, ...unknownExtensions } = extensions ?? {};
  const texts = [query, operationName, documentId].map(textOrNone);
  const names = [...texts, hashIn(persistedQuery)];
  if (!names.every((name) => name !== undefined)) return undefined;
  const besides = { ...variables, ...unknownExtensions, ...unknown };
  return { names, variables: variables ?? {}, isBare: Object.keys(besides).length === 0 };
}

/** `null` for none, `undefined` for what is not of the form. */
type Name = string | null | undefined;

function textOrNone(value: unknown): Name {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : undefined;
}

function hashIn(persistedQuery: unknown): Name {
  if (persistedQuery === undefined || persistedQuery === null) return null;
  if (!isObject(persistedQuery) || persistedQuery['version'] !== 1) return undefined;
  return textOrNone(persistedQuery['sha256Hash']) ?? undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjectOrNone(value: unknown): value is Fields | null | undefined {
  return value === undefined || value === null || isObject(value);
}
