import * as v from 'valibot';
import { strictObject, integer } from '../options.js';

/** How large the documents of clients may be. (OWASP GraphQL Cheat Sheet, "DoS Prevention") */
export interface DocumentLimits {
  /**
   * Lexical tokens in a document; it is not parsed any further. Fields that repeat are compared each with each: twice
   * as many take four times as long. Default 500.
   */
  readonly tokens: number;
  /** Levels of fields, with fragments put in their places. Default 10. */
  readonly depth: number;
  /** Fields that the answer may have; see `costRule`. Default 10,000. */
  readonly cost: number;
  /** Aliases in an operation: how often one field can be asked for at once. Default 15. */
  readonly aliases: number;
  /** Directives in an operation. Default 20. */
  readonly directives: number;
}

/** What the service allows, too. */
export const DEFAULT_DOCUMENT_LIMITS: DocumentLimits = {
  tokens: 500,
  depth: 10,
  cost: 10_000,
  aliases: 15,
  directives: 20,
};

/** What an application may set of them, with the defaults for the rest. */
export const DOCUMENT_LIMITS = strictObject({
  tokens: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.tokens),
  depth: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.depth),
  cost: v.optional(integer(1), DEFAULT_DOCUMENT_LIMITS.cost),
  aliases: v.optional(integer(0), DEFAULT_DOCUMENT_LIMITS.aliases),
  directives: v.optional(integer(0), DEFAULT_DOCUMENT_LIMITS.directives),
} satisfies Record<keyof DocumentLimits, v.GenericSchema>);
