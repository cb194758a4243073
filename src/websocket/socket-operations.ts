import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationTypeNode,
} from 'graphql';
import type { ServerOptions, SubscribePayload } from 'graphql-ws';
import { withCode, type Documents } from '../graphql/documents.js';
import { documentIdOf, type TrustedDocuments } from '../graphql/trusted-documents.js';
import type { StandingDocuments } from './subscription-quota.js';
import { codesOf } from '../graphql/errors.js';
import {
  describeOperation,
  unknownOperation,
  type ObservedOperation,
  type OperationObserver,
} from '../graphql/operation-observer.js';
import type { ClientInfo } from '../sessions/session.js';

type Params = Record<string, unknown>;

/** The state of a socket that an observer needs. */
type ObservedSocket = Record<PropertyKey, unknown> & { readonly source: ClientInfo };

/** Adds an observer to the protocol. A subscription is observed until it is established. */
export function observeSocketOperations<P extends Params, Extra extends ObservedSocket>(
  options: ServerOptions<P, Extra>,
  observer: OperationObserver,
): ServerOptions<P, Extra> {
  const inFlight = new WeakMap<ExecutionArgs, ObservedOperation>();

  return {
    ...options,

    async onSubscribe(context, id, payload) {
      const { requestId } = context.extra.source;
      const observed = observer.begin({ transport: 'websocket', requestId });
      try {
        const prepared = await observed.run(() => options.onSubscribe?.(context, id, payload));
        if (Array.isArray(prepared)) observed.end(unknownOperation(codesOf(prepared)));
        else if (prepared) inFlight.set(prepared as ExecutionArgs, observed);
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
      inFlight.get(args)?.end(describeOperation(args.document, args.operationName, codes));
      // The arguments of a subscription stay in memory as long as it does.
      inFlight.delete(args);
      return options.onOperation?.(context, id, payload, args, result);
    },
  };

  function run<Result>(args: ExecutionArgs, work: () => Result): Result {
    const observed = inFlight.get(args);
    return observed === undefined ? work() : observed.run(work);
  }
}

/**
 * Executes a subscription like `subscribe` of graphql-js, with a smaller iterator: that of graphql-js creates six
 * closures for each subscription and copies the arguments for each event.
 */
export async function subscribe(
  args: ExecutionArgs,
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const source: AsyncIterable<unknown> | { errors?: readonly GraphQLError[] } =
    await createSourceEventStream(args);
  return Symbol.asyncIterator in source
    ? new ResponseStream(source[Symbol.asyncIterator](), args)
    : source;
}

/** A class, so that all subscriptions share its methods. `next` is not async, which takes more memory while it waits. */
class ResponseStream implements AsyncIterableIterator<ExecutionResult> {
  constructor(
    private readonly source: AsyncIterator<unknown>,
    private readonly args: ExecutionArgs,
  ) {}

  [Symbol.asyncIterator]() {
    return this;
  }

  next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    return this.source.next().then(this.respond);
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.source.return?.();
    return OVER;
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  private readonly respond = async (
    event: IteratorResult<unknown, unknown>,
  ): Promise<IteratorResult<ExecutionResult, undefined>> => {
    if (event.done === true) return OVER;
    try {
      return { done: false, value: await execute({ ...this.args, rootValue: event.value }) };
    } catch (error) {
      await this.source.return?.().catch(() => undefined);
      throw error;
    }
  };
}

const OVER = { done: true, value: undefined } as const;

/** The payload stays in memory as long as its subscription: let it share the text of the document. */
export function forgetDocument(
  payload: { query: string; extensions?: unknown },
  { loc }: DocumentNode,
) {
  payload.query = loc?.source.body ?? '';
  payload.extensions = undefined;
}

interface PreparedOperation {
  readonly operation: OperationTypeNode;
  readonly args: ExecutionArgs;
}

/** Where operations get their documents. */
export interface DocumentSources {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly trusted: TrustedDocuments;
}

/**
 * Prepares an operation for its execution, or returns the errors of its document.
 * @throws WalletSessionsError `RATE_LIMITED`
 */
export function prepareOperation(
  { schema, documents, trusted }: DocumentSources,
  standing: StandingDocuments,
  payload: SubscribePayload,
  source: ClientInfo,
): PreparedOperation | readonly GraphQLError[] {
  const { operationName, variables } = payload;
  const id = payload.query === '' ? documentIdOf(payload) : undefined;
  const text = id === undefined ? payload.query : trusted.textOf(id);
  if (text === undefined) {
    return [withCode('PERSISTED_QUERY_NOT_FOUND', new GraphQLError('PersistedQueryNotFound'))];
  }
  const known = standing.find(text);
  const document = known ?? documents.prepare(text, id === undefined ? source : undefined);
  if (!('kind' in document)) return document;
  const definition = getOperationAST(document, operationName);
  if (!definition) {
    return [withCode('OPERATION_RESOLUTION_FAILURE', new GraphQLError('Unknown operation.'))];
  }
  const args = { schema, document, operationName, variableValues: variables };
  return { operation: definition.operation, args };
}
