import type { HTTPGraphQLRequest } from '@apollo/server';
import { documentIdOf } from '../graphql/trusted-documents.js';

/**
 * The text of the document that a request sends, or that it names by a hash; `undefined` where there is none, which
 * Apollo Server answers.
 * @param registered the text that a client has registered under a hash
 */
export function documentTextOf(
  { method, body, search }: HTTPGraphQLRequest,
  registered: (hash: string) => string | undefined,
): string | undefined {
  const { query, extensions } = method === 'GET' ? parametersIn(search) : fieldsOf(body);
  if (typeof query === 'string') return query;
  const hash = documentIdOf({ extensions });
  return hash === undefined ? undefined : registered(hash);
}

interface Fields {
  readonly query?: unknown;
  readonly extensions?: object | null;
}

function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null ? body : {};
}

function parametersIn(search: string): Fields {
  const parameters = new URLSearchParams(search);
  const query = parameters.get('query') ?? undefined;
  const extensions = query === undefined ? parameters.get('extensions') : null;
  try {
    return { query, extensions: extensions === null ? null : fieldsOf(JSON.parse(extensions)) };
  } catch {
    return { query };
  }
}
