import { integer, text, boolean } from '../parsers.js';
import { optional, variable } from '../variable.js';

/** Limits on documents, trusted documents, and pages. */
export const GRAPHQL_VARIABLES = {
  DOCUMENT_TOKEN_LIMIT: variable(
    integer(1, 1_000_000),
    'Maximum number of tokens in a GraphQL document.',
    '500',
  ),
  OPERATION_DEPTH_LIMIT: variable(
    integer(1, 1000),
    'Maximum depth of the fields in an operation.',
    '10',
  ),
  OPERATION_COST_LIMIT: variable(
    integer(1, 1_000_000_000),
    'Maximum cost of an operation: the number of fields it may return, where a page counts as full.',
    '10000',
  ),
  OPERATION_ALIAS_LIMIT: variable(
    integer(0, 10_000),
    'Maximum number of aliases in an operation.',
    '15',
  ),
  OPERATION_DIRECTIVE_LIMIT: variable(
    integer(0, 10_000),
    'Maximum number of directives in an operation.',
    '20',
  ),
  INTROSPECTION: optional(
    boolean,
    'Whether clients may query the schema, and whether errors suggest names ("Did you mean …?"). Default: ' +
      'true, or false with NODE_ENV=production.',
  ),
  GRAPHIQL: optional(
    boolean,
    'Whether the API path shows GraphiQL to browsers. Default: the value of INTROSPECTION, which GraphiQL needs.',
  ),
  SESSIONS_PAGE: variable(
    boolean,
    'Whether the page /sessions is served, where owners of wallets see and end their sessions.',
    'true',
  ),
  PREPARED_REQUESTS: variable(
    integer(0, 100_000),
    'Maximum number of parsed and validated requests that are cached, so that repeated requests are only executed; 0 ' +
      'disables the cache.',
    '1000',
  ),
  TRUSTED_DOCUMENTS: optional(
    text,
    'A JSON file of documents that clients may refer to by hash: persisted-documents.json from ' +
      'GraphQL Code Generator.',
  ),
  TRUSTED_DOCUMENTS_ONLY: variable(
    boolean,
    'Whether to refuse all documents that are not in TRUSTED_DOCUMENTS.',
    'false',
  ),
} as const;
