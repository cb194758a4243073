import type { IncomingHttpHeaders } from 'node:http';
import type { AnsweredOperation } from './answered-operation.js';

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
