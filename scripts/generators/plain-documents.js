import { concatAST, Kind, print, stripIgnoredCharacters, visit } from 'graphql';

/**
 * A plugin of graphql-codegen: each operation, with the fragments it needs, as one plain string that
 * carries its types. No GraphQL runtime, and no more bytes than the request needs. Expects the types of
 * `typescript-operations` beside it, and the type `TypedDocument` at `config.typedDocumentFrom`.
 */
export function plugin(_schema, documents, { typedDocumentFrom }) {
  const constants = plainDocuments(documents).map(({ operation, text }) => {
    const name = operation.name.value;
    const type = name + operation.operation[0].toUpperCase() + operation.operation.slice(1);
    return `export const ${name}Document = '${text}' as TypedDocument<${type}, ${type}Variables>;`;
  });
  return {
    prepend: [`import type { TypedDocument } from '${typedDocumentFrom}';`],
    content: constants.join('\n\n'),
  };
}

/** Each operation with its text, as clients send it. */
export function plainDocuments(documents) {
  const { definitions } = concatAST(documents.map(({ document }) => document));
  const fragments = new Map(
    definitions
      .filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  return definitions
    .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const parts = [operation, ...spreadIn(operation, fragments)];
      return { operation, text: stripIgnoredCharacters(parts.map(print).join('\n')) };
    });
}

/** The fragments that a definition spreads, each once, with those that they spread in turn. */
function spreadIn(definition, fragments, found = new Set()) {
  visit(definition, {
    FragmentSpread({ name: { value } }) {
      const fragment = fragments.get(value);
      if (found.has(fragment)) return;
      found.add(fragment);
      spreadIn(fragment, fragments, found);
    },
  });
  return found;
}
