import type { IncomingHttpHeaders } from 'node:http';
import {
  type OperationTypeNode,
  getOperationAST,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** The origin of an operation. */
export interface OperationOrigin {
  readonly transport: 'http' | 'websocket';
  /** Id of the request in the log and in audit events. */
  readonly requestId: string | undefined;
  /** Headers of the request, if it carries only this operation. */
  readonly headers?: IncomingHttpHeaders | undefined;
}

/** Observes each operation. Without an observer, observation costs nothing. */
export interface OperationObserver {
  begin(origin: OperationOrigin): ObservedOperation;
}

/** An operation in progress. */
export interface ObservedOperation {
  /** Runs a part of the operation. */
  run<Result>(work: () => Result): Result;
  /** Called once, when the operation is answered or the subscription established. */
  end(operation: AnsweredOperation): void;
}

/** Combines several observers. */
export function observeByAll(observers: readonly OperationObserver[]): OperationObserver {
  const [only, ...others] = observers;
  if (only !== undefined && others.length === 0) return only;
  return {
    begin(origin) {
      const observed = observers.map((observer) => observer.begin(origin));
      return {
        run(work) {
          let run = work;
          for (const one of observed.toReversed()) {
            const inner = run;
            run = () => one.run(inner);
          }
          return run();
        },
        end(operation) {
          for (const one of observed) one.end(operation);
        },
      };
    },
  };
}

/**
 * An answered operation, described only by names of the schema: the operation names of clients are unbounded and
 * arbitrary.
 */
export interface AnsweredOperation {
  /** `unknown` if it was refused before its type was known. */
  readonly type: OperationTypeNode | 'unknown';
  /** The root field; `several` if there are several, `unknown` if it was refused before it was known. */
  readonly field: string;
  /** The codes of the errors in its response. */
  readonly codes: readonly string[];
}

/** An operation that was refused before it was known. */
export function unknownOperation(codes: readonly string[] = []): AnsweredOperation {
  return { type: 'unknown', field: 'unknown', codes };
}

/** Codes of errors caused by the service or its dependencies. */
const FAILURES = new Set([
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'WALLET_VERIFICATION_UNAVAILABLE',
]);

/** Whether the operation was answered without an error, refused because of the client, or failed. */
export function outcomeOf({ codes }: AnsweredOperation): 'answered' | 'refused' | 'failed' {
  if (codes.length === 0) return 'answered';
  return codes.some((code) => FAILURES.has(code)) ? 'failed' : 'refused';
}

/** @param document a valid document, so that its names are names of the schema */
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
