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
import { DOCUMENT_LIMITS, type DocumentLimits } from './document-limits.js';
import { createDocumentStore, type DocumentStore } from './document-store.js';
import { subscriptionRootRule } from './subscription-root-rule.js';

/** Each error takes time to make and to answer with, and nobody reads the hundredth. */
const MAX_ERRORS = 5;

/**
 * How documents are parsed and validated, on every transport. The rules depend on nothing but schema and document: a
 * document that is valid stays valid.
 */
export interface DocumentRules {
  readonly parseOptions: ParseOptions;
  /** The rules besides those of the GraphQL specification. */
  readonly validationRules: ValidationRule[];
  /** Validation stops after five errors, and looks for no similar names where introspection is off. */
  readonly validationOptions: { readonly maxErrors: number; readonly hideSuggestions: boolean };
  /** Where Apollo Server keeps valid documents, bounded by the lengths of their texts. */
  readonly documentStore: DocumentStore;
}

/**
 * The rules for a GraphQL server. Pass all of them on: they have the names of Apollo Server's options.
 * @param given limits; each that is left out has its default
 * @param introspection whether documents may ask for the schema. Default true, for servers with their own rule
 * @throws RangeError for a limit that is too small or is not a whole number; TypeError for an unknown limit
 */
export function createDocumentRules(
  given: PartialOptions<DocumentLimits> = {},
  introspection = true,
): DocumentRules {
  const limits = readOptionsOf('createDocumentRules', DOCUMENT_LIMITS, given);
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

/** Parses and validates a document; returns its errors, each with its code, if it is not valid. */
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
