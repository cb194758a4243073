import {
  execute,
  Kind,
  OperationTypeNode,
  visit,
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { textLengthOf } from '../graphql/document-store.js';
import type { WalletSessionsContext } from '../graphql/context.js';
import { type AnsweredOperation, describeOperation } from './operation-observer.js';

/** An operation that Apollo Server has answered before: all that is left to do is to execute it. */
export interface PreparedOperation {
  readonly answered: AnsweredOperation;
  /** Of the answer, without its length. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Of the document that it keeps alive, in characters. */
  readonly textLength: number;
  /** Without `data`, nothing was executed: the variables do not fit. */
  execute(context: WalletSessionsContext, variables?: Variables): Executed;
}

export type Variables = Readonly<Record<string, unknown>>;

type Executed = ExecutionResult | Promise<ExecutionResult>;

/** A document that is valid and within the limits, and which of its operations was asked for. */
export interface ValidDocument {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
}

export function prepareOperation(
  schema: GraphQLSchema,
  valid: ValidDocument,
  headers: readonly (readonly [string, string])[],
): PreparedOperation {
  const { document, operationName } = valid;
  const interpret: Run = (contextValue, variableValues) =>
    execute({ schema, document, operationName, contextValue, variableValues });
  let run = interpret;
  let times = 0;
  return {
    answered: describeOperation(document, operationName),
    headers,
    textLength: textLengthOf(document),
    execute(context, variables) {
      times += 1;
      if (times === WORTH_COMPILING && isConstant(valid)) run = compile(schema, valid, interpret);
      return run(context, variables);
    },
  };
}

/** Whether it is a query that asks for the same each time: one without variables. */
export function isConstant({ operation }: ValidDocument): boolean {
  return (
    operation.operation === OperationTypeNode.QUERY && operation.variableDefinitions?.length === 0
  );
}

/** Whether there is text in the document that may be a secret of who asked: a mutation's tokens and signatures. */
export function mayHoldSecrets({ document }: ValidDocument): boolean {
  const holdsMutation = document.definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === OperationTypeNode.MUTATION,
  );
  return holdsMutation && holds(document, Kind.STRING);
}

function holds(document: DocumentNode, kind: Kind): boolean {
  let isThere = false;
  visit(document, {
    [kind]() {
      isThere = true;
      return BREAK;
    },
  });
  return isThere;
}

/** How often a request must come before its document is compiled, which takes longer than many executions. */
const WORTH_COMPILING = 20;

type Run = (context: WalletSessionsContext, variables?: Variables) => Executed;

/**
 * Falls back on the interpreter where it cannot be compiled, or the process may not make code of text; and where
 * there are errors, so that they are told in the same words. A query changes nothing if it is executed twice.
 */
function compile(
  schema: GraphQLSchema,
  { document, operationName }: ValidDocument,
  interpret: Run,
): Run {
  // It makes plain objects, in which an alias of that name would be no field but the prototype.
  if (document.loc?.source.body.includes('__proto__') !== false) return interpret;
  // It leaves out a fragment that is skipped where it is first named, and not where it is named again.
  if (holds(document, Kind.DIRECTIVE)) return interpret;
  try {
    const compiled = compileQuery(schema, document, operationName ?? undefined);
    if (!isCompiledQuery(compiled)) return interpret;
    return (context) => {
      const unlessErrors = (result: ExecutionResult): Executed =>
        result.errors === undefined ? result : interpret(context);
      const result = compiled.query(undefined, context, undefined);
      return result instanceof Promise ? result.then(unlessErrors) : unlessErrors(result);
    };
  } catch {
    return interpret;
  }
}
