import {
  getNamedType,
  GraphQLError,
  isInterfaceType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { MAX_PAGE_SIZE } from './document-limits.js';

/**
 * Refuses an operation whose response may contain more than `limit` fields. A page counts as many nodes as the
 * literal value of `first`, or as the largest page if `first` is a variable or missing. The cost therefore depends
 * only on the document and is computed once for all its executions.
 */
export function costRule(limit: number): ValidationRule {
  return (context) => ({
    OperationDefinition(operation) {
      const cost = costOf(context, operation);
      if (cost <= limit) return;
      context.reportError(
        new GraphQLError(`The operation costs ${cost}; at most ${limit} is allowed.`, {
          nodes: operation,
        }),
      );
    },
  });
}

function costOf(context: ValidationContext, operation: OperationDefinitionNode): number {
  const schema = context.getSchema();
  const fragments = new Map<string, number>();

  function ofSelections({ selections }: SelectionSetNode, parent?: GraphQLNamedType): number {
    let sum = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) sum += ofField(selection, parent);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) sum += ofFragment(selection.name.value);
      else {
        const condition = selection.typeCondition;
        const type = condition === undefined ? parent : schema.getType(condition.name.value);
        sum += ofSelections(selection.selectionSet, type);
      }
    }
    return sum;
  }

  // The cost of each fragment is computed once: otherwise a short document could take a long time.
  function ofFragment(name: string): number {
    const known = fragments.get(name);
    if (known !== undefined) return known;
    // Ends a cycle, which another rule refuses.
    fragments.set(name, 0);
    const fragment = context.getFragment(name);
    if (!fragment) return 0;
    const type = schema.getType(fragment.typeCondition.name.value);
    const cost = ofSelections(fragment.selectionSet, type);
    fragments.set(name, cost);
    return cost;
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): number {
    // A rule of graphql limits the depth of introspection.
    if (node.selectionSet === undefined || node.name.value.startsWith('__')) return 1;
    const field =
      isObjectType(parent) || isInterfaceType(parent)
        ? parent.getFields()[node.name.value]
        : undefined;
    const type = field === undefined ? undefined : getNamedType(field.type);
    return 1 + pageSize(node, field) * ofSelections(node.selectionSet, type);
  }

  return ofSelections(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
}

function pageSize(node: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
  if (field?.args.some(({ name }) => name === 'first') !== true) return 1;
  const written = node.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (written?.kind !== Kind.INT) return MAX_PAGE_SIZE;
  // The resolver refuses an invalid page size; it must not reduce the cost of other fields.
  return Math.max(1, Number(written.value));
}
