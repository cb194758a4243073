import { createClient, MessageType, stringifyMessage, type Client } from 'graphql-ws';
import { print, type GraphQLFormattedError } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { WebSocket } from 'ws';

export interface SocketClosed {
  readonly code: number;
  readonly reason: string;
}

/** A `graphql-ws` client with one socket that is open from the start and never opened again. */
export interface TestSocket {
  readonly client: Client;
  /** Resolves when the server has acknowledged the socket. */
  readonly opened: Promise<void>;
  /** Resolves when the socket has closed, by whomever. */
  readonly closed: Promise<SocketClosed>;
  request<Result extends object, Values extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Values>,
    variables: Values,
  ): Promise<Result>;
  /** The results of a subscription, to be iterated; ends when the server completes it. */
  subscribe<Result extends object, Values extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Values>,
    variables: Values,
  ): AsyncIterableIterator<Result>;
  /** Presents an access token in a ping; resolves to whether the answer says that it was accepted. */
  present(accessToken: string): Promise<boolean>;
  close(): Promise<void>;
}

export function openSocket(url: string, accessToken?: string): TestSocket {
  let sayOpened = () => {};
  let sayClosed: (event: SocketClosed) => void = () => {};
  const opened = new Promise<void>((resolve) => (sayOpened = resolve));
  const closed = new Promise<SocketClosed>((resolve) => (sayClosed = resolve));
  let socket: WebSocket | undefined;
  const awaitingPong: ((accepted: boolean) => void)[] = [];
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    ...(accessToken !== undefined && {
      connectionParams: { authorization: `Bearer ${accessToken}` },
    }),
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
      pong: (_received, payload) => awaitingPong.shift()?.(payload?.['accepted'] === true),
      connected: () => {
        sayOpened();
      },
      closed: (event) => {
        const { code, reason } = event as SocketClosed;
        sayClosed({ code, reason });
      },
    },
  });

  // The operation is sent at once, not when somebody asks for its first result.
  function results<Result extends object, Values extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Values>,
    variables: Values,
  ): AsyncIterableIterator<Result> {
    return unwrap<Result>(client.iterate<Result>({ query: print(document), variables }));
  }

  return {
    client,
    opened,
    closed,
    async request(document, variables) {
      for await (const result of results(document, variables)) return result;
      throw new Error('The operation completed without a result.');
    },
    subscribe: results,
    present: (token) =>
      new Promise((resolve) => {
        awaitingPong.push(resolve);
        const payload = { authorization: `Bearer ${token}` };
        socket?.send(stringifyMessage({ type: MessageType.Ping, payload }));
      }),
    async close() {
      await client.dispose();
      await closed;
    },
  };
}

interface Answer<Result> {
  readonly data?: Result | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

async function* unwrap<Result extends object>(
  answers: AsyncIterable<Answer<Result>>,
): AsyncIterableIterator<Result> {
  for await (const { data, errors } of answers) {
    if (errors !== undefined) throw new AggregateError(errors, errors[0]?.message);
    if (data) yield data;
  }
}
