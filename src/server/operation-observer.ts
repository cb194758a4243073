import type { IncomingHttpHeaders } from 'node:http';
import {
  type OperationTypeNode,
  getOperationAST,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** Where an operation came from. */
export interface OperationOrigin {
  readonly transport: 'http' | 'websocket';
  /** By which the log and the audit events name the request. */
  readonly requestId: string | undefined;
  /** Of the request, where it is the operation's own. */
  readonly headers?: IncomingHttpHeaders | undefined;
}

/** Told of each operation. Where there is none, nothing is done for it. */
export interface OperationObserver {
  begin(origin: OperationOrigin): ObservedOperation;
}

/** An operation under way. */
export interface ObservedOperation {
  /** Runs what is done for the operation. */
  run<Result>(work: () => Result): Result;
  /** To be called once, when it is answered; of a subscription, when it stands. */
  end(operation: AnsweredOperation): void;
}

/** Tells every one of them. */
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
 * An operation that was answered, by the names of the schema alone. What clients call their operations is
 * without bound, and may be anything.
 */
export interface AnsweredOperation {
  /** `unknown` where it was refused before that was known. */
  readonly type: OperationTypeNode | 'unknown';
  /** The root field; `several` where there are several, `unknown` where it was refused before. */
  readonly field: string;
  /** The codes of the errors in its answer. */
  readonly codes: readonly string[];
}

/** An operation of which nothing is known but that it was refused. */
export function unknownOperation(codes: readonly string[] = []): AnsweredOperation {
  return { type: 'unknown', field: 'unknown', codes };
}

/** The codes of errors that are the service's fault, or that of what it depends on. */
const FAILURES = new Set([
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'WALLET_VERIFICATION_UNAVAILABLE',
]);

/** Whether it was answered without an error, refused for what the client did, or failed. */
export function outcomeOf({ codes }: AnsweredOperation): 'answered' | 'refused' | 'failed' {
  if (codes.length === 0) return 'answered';
  return codes.some((code) => FAILURES.has(code)) ? 'failed' : 'refused';
}

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
