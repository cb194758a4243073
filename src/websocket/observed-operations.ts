import { execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import { codesOf } from '../graphql/errors.js';
import {
  describeOperation,
  unknownOperation,
  type ObservedOperation,
  type OperationObserver,
} from '../graphql/operation-observer.js';
import { subscribe } from '../graphql/subscribe.js';
import type { ClientInfo } from '../sessions/session.js';

type Params = Record<string, unknown>;

/** The state of a socket that an observer needs. */
type ObservedSocket = Record<PropertyKey, unknown> & { readonly source: ClientInfo };

/** Adds an observer to the protocol. A subscription is observed until it is established. */
export function observeSocketOperations<P extends Params, Extra extends ObservedSocket>(
  options: ServerOptions<P, Extra>,
  observer: OperationObserver,
): ServerOptions<P, Extra> {
  const underWay = new WeakMap<ExecutionArgs, ObservedOperation>();

  return {
    ...options,

    async onSubscribe(context, id, payload) {
      const { requestId } = context.extra.source;
      const observed = observer.begin({ transport: 'websocket', requestId });
      try {
        const prepared = await observed.run(() => options.onSubscribe?.(context, id, payload));
        if (Array.isArray(prepared)) observed.end(unknownOperation(codesOf(prepared)));
        else if (prepared) underWay.set(prepared as ExecutionArgs, observed);
        return prepared;
      } catch (error) {
        observed.end(unknownOperation(['INTERNAL_SERVER_ERROR']));
        throw error;
      }
    },

    execute: (args) => run(args, () => execute(args)),
    subscribe: (args) => run(args, () => subscribe(args)),

    onOperation(context, id, payload, args, result) {
      const codes = codesOf((result as ExecutionResult).errors);
      underWay.get(args)?.end(describeOperation(args.document, args.operationName, codes));
      // The arguments of a subscription stay in memory as long as it does.
      underWay.delete(args);
      return options.onOperation?.(context, id, payload, args, result);
    },
  };

  function run<Result>(args: ExecutionArgs, work: () => Result): Result {
    const observed = underWay.get(args);
    return observed === undefined ? work() : observed.run(work);
  }
}
