import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';

/** The class that the client preset of codegen uses for documents with `documentMode: 'string'`. */
export class TypedDocumentString<Result, Variables>
  extends String
  implements DocumentTypeDecoration<Result, Variables>
{
  declare readonly __apiType?: (variables: Variables) => Result;

  override toString(): string {
    return this.valueOf();
  }
}
