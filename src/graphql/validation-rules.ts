import {
  getNamedType,
  GraphQLError,
  isInterfaceType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { MAX_PAGE_SIZE } from '../sessions/store.js';

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

/**
 * Refuses `@skip` and `@include` at the root of a subscription (GraphQL specification, September 2025, §5.2.4.1): a
 * subscription has one root field, independently of its variables. graphql 16 throws when it counts the root fields of
 * such a document, during validation, or when it subscribes without a root field. This rule therefore inspects the
 * document when it is created, before any rule visits it, and empties a document that it refuses.
 */
export const subscriptionRootRule: ValidationRule = (context) => {
  const document = context.getDocument();
  const directive = conditionAtRoot(document);
  if (directive !== undefined) {
    const message = `@${directive.name.value} is not allowed on the root field of a subscription.`;
    context.reportError(new GraphQLError(message, { nodes: directive }));
    (document as { definitions: DocumentNode['definitions'] }).definitions = [];
  }
  return {};
};

function conditionAtRoot({ definitions }: DocumentNode): DirectiveNode | undefined {
  const seen = new Set<string>();

  function within({ selections }: SelectionSetNode): DirectiveNode | undefined {
    for (const selection of selections) {
      const condition =
        selection.directives?.find(({ name }) => CONDITIONS.has(name.value)) ??
        (selection.kind === Kind.FRAGMENT_SPREAD
          ? withinFragment(selection.name.value)
          : undefined) ??
        (selection.kind === Kind.INLINE_FRAGMENT ? within(selection.selectionSet) : undefined);
      if (condition !== undefined) return condition;
    }
    return undefined;
  }

  function withinFragment(name: string): DirectiveNode | undefined {
    if (seen.has(name)) return undefined;
    seen.add(name);
    for (const definition of definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION || definition.name.value !== name) continue;
      const condition = within(definition.selectionSet);
      if (condition !== undefined) return condition;
    }
    return undefined;
  }

  for (const definition of definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (definition.operation !== OperationTypeNode.SUBSCRIPTION) continue;
    const condition = within(definition.selectionSet);
    if (condition !== undefined) return condition;
  }
  return undefined;
}

const CONDITIONS: ReadonlySet<string> = new Set(['skip', 'include']);
