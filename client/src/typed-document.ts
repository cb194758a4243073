/**
 * A GraphQL document that knows its result and its variables: a plain string from this package's
 * codegen, or a `TypedDocumentString` from that of the application (`documentMode: 'string'` of
 * graphql-codegen's client preset). No AST: writing one out would take a GraphQL runtime.
 */
export interface TypedDocument<Result, Variables> {
  toString(): string;
  /** Never there; it only carries the types. */
  readonly __apiType?: (variables: Variables) => Result;
  /** What an AST has. */
  readonly kind?: never;
}
