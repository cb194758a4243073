import type { OperationTypeNode } from 'graphql';

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
