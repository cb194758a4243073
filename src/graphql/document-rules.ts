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
import { readOptionsOf, type Given } from '../options.js';
import { DOCUMENT_LIMITS, type DocumentLimits } from './document-limits.js';
import { createDocumentStore, type DocumentStore } from './document-store.js';

/**
 * How documents are parsed and validated, whatever the transport. They depend on nothing but schema and
 * document: a document that has passed once has passed for good.
 */
export interface DocumentRules {
  readonly parseOptions: ParseOptions;
  /** What is asked of a document besides the rules of the GraphQL specification. */
  readonly validationRules: ValidationRule[];
  /** Where Apollo Server keeps documents that have passed, within bounds of their own. */
  readonly documentStore: DocumentStore;
}

/**
 * The rules for a GraphQL server: give it all parts of them, as Apollo Server has options for.
 * @param given limits; the default where one is left out
 * @param introspection whether documents may ask for the schema. Default true, for a server that has a rule of its own
 * @throws RangeError for a limit that is not a whole number, or too small; TypeError for one that there is not
 */
export function createDocumentRules(
  given: Given<DocumentLimits> = {},
  introspection = true,
): DocumentRules {
  const limits = readOptionsOf('createDocumentRules', DOCUMENT_LIMITS, given);
  return {
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationRules: [
      maxDepthRule({ n: limits.depth, flattenFragments: true, ...reporting('Depth') }),
      maxAliasesRule({ n: limits.aliases, allowList: [], ...reporting('Aliases') }),
      maxDirectivesRule({ n: limits.directives, ...reporting('Directives') }),
      costRule(limits.cost),
      ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
    ],
    documentStore: createDocumentStore(),
  };
}

/** Parses and validates a document, once while it is kept. Returns the errors of an invalid one, each with its code. */
export function prepareDocument(
  schema: GraphQLSchema,
  { parseOptions, validationRules, documentStore }: DocumentRules,
  text: string,
): DocumentNode | readonly GraphQLError[] {
  const kept = documentStore.find(text);
  if (kept !== undefined) return kept;
  let document: DocumentNode;
  try {
    document = parse(text, parseOptions);
  } catch (error) {
    if (error instanceof GraphQLError) return [withCode('GRAPHQL_PARSE_FAILED', error)];
    throw error;
  }
  const errors = validate(schema, document, [...specifiedRules, ...validationRules]);
  if (errors.length === 0) {
    documentStore.keep(text, document);
    return document;
  }
  return errors.map((error) => withCode('GRAPHQL_VALIDATION_FAILED', error));
}

export function withCode(code: string, error: GraphQLError): GraphQLError {
  error.extensions['code'] = code;
  return error;
}

/** The rules of GraphQL Armor throw, and call it a syntax error; a rule should report. */
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
