import {
  getOperationAST,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { unknownOperation, type AnsweredOperation } from './answered-operation.js';

/** @param document one that is valid: else its names are not those of the schema */
export function describeOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
  codes: readonly string[] = [],
): AnsweredOperation {
  const operation = getOperationAST(document, operationName);
  if (!operation) return unknownOperation(codes);
  const [field = 'unknown', ...others] = rootFields(document, operation.selectionSet);
  return { type: operation.operation, field: others.length === 0 ? field : 'several', codes };
}

function rootFields(document: DocumentNode, selectionSet: SelectionSetNode): Set<string> {
  const fields = new Set<string>();
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      fields.add(selection.name.value);
      continue;
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : fragmentNamed(document, selection.name.value)?.selectionSet;
    if (inner === undefined) continue;
    for (const field of rootFields(document, inner)) fields.add(field);
  }
  return fields;
}

function fragmentNamed(document: DocumentNode, name: string): FragmentDefinitionNode | undefined {
  return document.definitions.find(
    (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  ) as FragmentDefinitionNode | undefined;
}
