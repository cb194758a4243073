import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type ParseOptions,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { costRule } from './cost-rule.js';
import { readOptionsOf, type PartialOptions } from '../options.js';
import { DOCUMENT_LIMIT_SETTINGS, type DocumentLimits } from './document-limits.js';
import { createDocumentStore, type DocumentStore } from './document-store.js';
import { subscriptionRootRule } from './subscription-root-rule.js';

/** Validation stops after this number of errors: each takes time, and clients need only the first ones. */
const MAX_ERRORS = 5;

/**
 * How documents are parsed and validated, on every transport. The rules depend only on schema and document, so a
 * valid document stays valid.
 */
export interface DocumentRules {
  readonly parseOptions: ParseOptions;
  /** Rules in addition to those of the GraphQL specification. */
  readonly validationRules: ValidationRule[];
  /** Validation stops after five errors, and suggests no names if introspection is off. */
  readonly validationOptions: { readonly maxErrors: number; readonly hideSuggestions: boolean };
  /** Apollo Server’s cache of valid documents, bounded by the lengths of their texts. */
  readonly documentStore: DocumentStore;
}

/**
 * Creates the rules for a GraphQL server. Pass all properties on: they are named like the options of Apollo Server.
 * @param given limits; omitted limits have their defaults
 * @param introspection whether documents may query the schema. Default true, for servers with their own rule
 * @throws RangeError for a limit that is too small or not an integer; TypeError for an unknown limit
 */
export function createDocumentRules(
  given: PartialOptions<DocumentLimits> = {},
  introspection = true,
): DocumentRules {
  const limits = readOptionsOf('createDocumentRules', DOCUMENT_LIMIT_SETTINGS, given);
  return {
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationRules: [
      subscriptionRootRule,
      maxDepthRule({ n: limits.depth, flattenFragments: true, ...reporting('Depth') }),
      maxAliasesRule({ n: limits.aliases, allowList: [], ...reporting('Aliases') }),
      maxDirectivesRule({ n: limits.directives, ...reporting('Directives') }),
      costRule(limits.cost),
      ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
    ],
    validationOptions: { maxErrors: MAX_ERRORS, hideSuggestions: !introspection },
    documentStore: createDocumentStore(),
  };
}

/** Parses and validates a document. Returns its errors, with their codes, if it is invalid. */
export function prepareDocument(
  schema: GraphQLSchema,
  { parseOptions, validationRules, validationOptions }: DocumentRules,
  text: string,
): DocumentNode | readonly GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(text, parseOptions);
  } catch (error) {
    if (error instanceof GraphQLError) return [withCode('GRAPHQL_PARSE_FAILED', error)];
    throw error;
  }
  const rules = [...specifiedRules, ...validationRules];
  const errors = validate(schema, document, rules, validationOptions);
  if (errors.length === 0) return document;
  return errors.map((error) => withCode('GRAPHQL_VALIDATION_FAILED', error));
}

export function withCode(code: string, error: GraphQLError): GraphQLError {
  error.extensions['code'] = code;
  return error;
}

/** Makes the rules of GraphQL Armor report an error; by default they throw a syntax error. */
function reporting(what: string) {
  return {
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null, { message }: GraphQLError) => {
        const [, detail = `${what} limit exceeded.`] = /^Syntax Error: (.+)$/.exec(message) ?? [];
        context?.reportError(new GraphQLError(detail));
      },
    ],
  };
}
