import type { GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface OperationAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface Operation {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

/** Sends a valid or invalid operation and resolves to the raw answer. */
export type Send = (service: Urls, operation: Operation) => Promise<OperationAnswer>;

interface Urls {
  readonly url: string;
  readonly webSocketUrl: string;
}

async function overHttp({ url }: Urls, operation: Operation): Promise<OperationAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(operation),
  });
  return (await response.json()) as OperationAnswer;
}

async function overWebSocket(
  { webSocketUrl }: Urls,
  operation: Operation,
): Promise<OperationAnswer> {
  const client = createClient({ url: webSocketUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  try {
    return await new Promise<OperationAnswer>((resolve, reject) => {
      client.subscribe(operation, {
        next: (answer) => {
          resolve(answer as OperationAnswer);
        },
        // graphql-ws reports the errors of an operation that was not executed here.
        error: (error) => {
          if (Array.isArray(error)) resolve({ errors: error as GraphQLFormattedError[] });
          else reject(new Error('The socket failed.', { cause: error }));
        },
        complete: () => undefined,
      });
    });
  } finally {
    await client.dispose();
  }
}

export const EVERY_TRANSPORT: readonly [string, Send][] = [
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
];

/** The codes of the answer's errors. */
export function codesOf({ errors = [] }: OperationAnswer): string[] {
  return errors.map(({ extensions }) => String(extensions?.['code']));
}
