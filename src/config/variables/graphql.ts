import { integer, text, boolean } from '../parsers.js';
import { optional, variable } from '../variable.js';

/** Which documents are served, and which pages show what can be asked. */
export const GRAPHQL_VARIABLES = {
  DOCUMENT_TOKEN_LIMIT: variable(
    integer(1, 1_000_000),
    'The most tokens that a GraphQL document may have.',
    '500',
  ),
  OPERATION_DEPTH_LIMIT: variable(
    integer(1, 1000),
    'The most levels of fields that an operation may have.',
    '10',
  ),
  OPERATION_COST_LIMIT: variable(
    integer(1, 1_000_000_000),
    'The most fields that an operation may ask for, each one in a page counted as often as the page may hold it.',
    '10000',
  ),
  OPERATION_ALIAS_LIMIT: variable(
    integer(0, 10_000),
    'The most aliases that an operation may have.',
    '15',
  ),
  OPERATION_DIRECTIVE_LIMIT: variable(
    integer(0, 10_000),
    'The most directives that an operation may have.',
    '20',
  ),
  INTROSPECTION: optional(
    boolean,
    'Whether clients may ask for the schema, and are told what a misspelt name may have meant. Default: ' +
      'true, and false with NODE_ENV=production.',
  ),
  GRAPHIQL: optional(
    boolean,
    'Whether browsers that come to the API are shown GraphiQL. Default: as INTROSPECTION, which it needs.',
  ),
  SESSIONS_PAGE: variable(
    boolean,
    'Whether there is a page at /sessions where people see and end their sessions.',
    'true',
  ),
  PREPARED_REQUESTS: variable(
    integer(0, 100_000),
    'The most requests that are kept parsed and validated, so that their repetition is only executed; 0 ' +
      'keeps none.',
    '1000',
  ),
  TRUSTED_DOCUMENTS: optional(
    text,
    'A file of documents that clients may name by their hash instead of sending them: the ' +
      'persisted-documents.json of GraphQL Code Generator.',
  ),
  TRUSTED_DOCUMENTS_ONLY: variable(
    boolean,
    'Whether no other documents are served than those of TRUSTED_DOCUMENTS.',
    'false',
  ),
} as const;
