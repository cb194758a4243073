import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DirectiveNode,
  type DocumentNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

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
