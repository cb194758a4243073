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
import { headerLines } from '../http/whole-response.js';
import { textLengthOf } from '../graphql/documents.js';
import type { WalletSessionsContext } from '../graphql/context.js';
import { describeOperation, type AnsweredOperation } from '../graphql/operation-observer.js';

/** An operation that Apollo Server has answered before and that only needs to be executed. */
export interface PreparedOperation {
  readonly answered: AnsweredOperation;
  /** Headers of the response, without its length. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The same as lines. */
  readonly headerLines: string;
  /** Length of the document that it keeps in memory, in characters. */
  readonly textLength: number;
  /** A result without `data` was not executed: the variables do not match their types. */
  execute(context: WalletSessionsContext, variables?: Variables): Executed;
}

export type Variables = Readonly<Record<string, unknown>>;

type Executed = ExecutionResult | Promise<ExecutionResult>;

/** A valid document within the limits, and the requested operation. */
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
    headerLines: headerLines(headers),
    textLength: textLengthOf(document),
    execute(context, variables) {
      times += 1;
      if (times === WORTH_COMPILING && isConstant(valid)) {
        void compile(schema, valid, interpret).then((compiled) => {
          run = compiled;
        });
      }
      return run(context, variables);
    },
  };
}

/** Whether it is a query without variables, which is the same each time. */
export function isConstant({ operation }: ValidDocument): boolean {
  return (
    operation.operation === OperationTypeNode.QUERY && operation.variableDefinitions?.length === 0
  );
}

/** Whether the document contains strings that may be secrets of the client: tokens and signatures in mutations. */
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

/** Number of executions after which a document is compiled, which takes longer than many executions. */
const WORTH_COMPILING = 20;

type Run = (context: WalletSessionsContext, variables?: Variables) => Executed;

/**
 * Compiles a query, with a compiler that is loaded for the first one. Never rejects. If the query cannot be compiled or the
 * process disallows code generation from strings, the query is interpreted. After errors, a compiled query is interpreted
 * again, so that messages are identical. Queries have no side effects.
 */
async function compile(
  schema: GraphQLSchema,
  { document, operationName }: ValidDocument,
  interpret: Run,
): Promise<Run> {
  // graphql-jit creates plain objects, in which an alias with this name would set the prototype.
  if (document.loc?.source.body.includes('__proto__') !== false) return interpret;
  // graphql-jit omits a fragment whose first spread is skipped, even if a later spread is not.
  if (holds(document, Kind.DIRECTIVE)) return interpret;
  try {
    const { compileQuery, isCompiledQuery } = await import('graphql-jit');
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
