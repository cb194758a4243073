import { hash } from 'node:crypto';
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
import type { ClientInfo } from '../sessions/session.js';
import {
  DOCUMENT_LIMIT_SETTINGS,
  type DocumentBudget,
  type DocumentLimits,
} from './document-limits.js';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { costRule, subscriptionRootRule } from './validation-rules.js';
import { readOptionsOf, type PartialOptions } from '../options.js';
import { LRUCache } from 'lru-cache';

/**
 * The documents of one schema. Valid documents are cached for every transport and are not validated again.
 * All others count against the budget of the network that sends them.
 */
export interface Documents {
  /**
   * Counts the document for the network unless it is cached. Call it before another component parses and validates it.
   * @throws WalletSessionsError `RATE_LIMITED`
   */
  admit(text: string, source: ClientInfo): void;
  /**
   * Parses and validates the document, unless it is cached.
   * @param source the sender; `undefined` for a document of the operator, which is not counted
   * @throws WalletSessionsError `RATE_LIMITED`
   */
  prepare(text: string, source: ClientInfo | undefined): DocumentNode | readonly GraphQLError[];
  /** The same cache for Apollo Server, which parses and validates documents itself. */
  readonly store: DocumentStore;
}

interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly rules: DocumentRules;
  readonly budget: DocumentBudget;
}

export function createDocuments({ schema, rules, budget }: DocumentsOptions): Documents {
  const kept = createKeptDocuments();
  return {
    admit(text, source) {
      if (kept.get(hashOf(text)) === undefined) budget.spend(source, text.length);
    },
    prepare(text, source) {
      const hash = hashOf(text);
      const known = kept.get(hash);
      if (known !== undefined) return known;
      if (source !== undefined) budget.spend(source, text.length);
      const document = prepareDocument(schema, rules, text);
      if ('kind' in document) kept.set(hash, document);
      return document;
    },
    // Apollo Server prefixes the hash of the text with the hash of the schema.
    store: createDocumentStore(kept, (key) => key.slice(key.lastIndexOf(':') + 1)),
  };
}

/** The same hash as Apollo Server computes. */
function hashOf(text: string): string {
  return hash('sha256', text);
}

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
function prepareDocument(
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

/** Apollo Server’s cache of parsed and valid documents (its option `documentStore`). */
export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** Valid documents in memory, by key. */
interface KeptDocuments {
  get(key: string): DocumentNode | undefined;
  set(key: string, document: DocumentNode): void;
  delete(key: string): boolean;
}

/** Bounds: documents, and characters of their texts. A parsed document takes many times the length of its text. */
const MAX_DOCUMENTS = 1000;
const MAX_TEXT = 500_000;
const MAX_TEXT_LENGTH = 10_000;

/**
 * Bounded by the texts of the documents, which stay in memory as long as the documents. The store of Apollo Server
 * does not count them: with white space and comments, which are not tokens, anybody could fill the memory.
 */
function createKeptDocuments(): KeptDocuments {
  return new LRUCache<string, DocumentNode>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_TEXT,
    maxEntrySize: MAX_TEXT_LENGTH,
    sizeCalculation: (document) => textLengthOf(document) || 1,
  });
}

/** @param nameOf maps a key of Apollo Server to a key in `kept`. Default: identity */
function createDocumentStore(
  kept: KeptDocuments = createKeptDocuments(),
  nameOf: (key: string) => string = (key) => key,
): DocumentStore {
  return {
    get: (key) => Promise.resolve(kept.get(nameOf(key))),
    set(key, document) {
      kept.set(nameOf(key), document);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(kept.delete(nameOf(key))),
  };
}

/** The length of the text that a document was parsed from and keeps in memory. */
export function textLengthOf({ loc }: DocumentNode): number {
  return loc?.source.body.length ?? 0;
}
