import { createClient, MessageType, stringifyMessage, type Client } from 'graphql-ws';
import { print, type GraphQLFormattedError } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { WebSocket } from 'ws';

export interface SocketClosed {
  readonly code: number;
  readonly reason: string;
}

/** A `graphql-ws` client with one socket, which is opened at once and never reopened. */
export interface TestSocket {
  readonly client: Client;
  /** Resolves when the server has acknowledged the socket. */
  readonly opened: Promise<void>;
  /** Resolves when either side has closed the socket. */
  readonly closed: Promise<SocketClosed>;
  request<Result extends object, Values extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Values>,
    variables: Values,
  ): Promise<Result>;
  /** Iterates the results of a subscription until the server completes it. */
  subscribe<Result extends object, Values extends Record<string, unknown>>(
    document: TypedDocumentNode<Result, Values>,
    variables: Values,
  ): AsyncIterableIterator<Result>;
  /** Presents an access token in a ping, with a proof of a key if one is given; resolves to whether the answer says that it was accepted. */
  present(accessToken: string, dpop?: string): Promise<boolean>;
  close(): Promise<void>;
}

/** @param params the connection parameters. Default: the access token */
export function openSocket(
  url: string,
  accessToken?: string,
  params: Record<string, unknown> | undefined = accessToken === undefined
    ? undefined
    : { authorization: `Bearer ${accessToken}` },
): TestSocket {
  let onOpened = () => {};
  let onClosed: (event: SocketClosed) => void = () => {};
  const opened = new Promise<void>((resolve) => (onOpened = resolve));
  const closed = new Promise<SocketClosed>((resolve) => (onClosed = resolve));
  let socket: WebSocket | undefined;
  const awaitingPong: ((accepted: boolean) => void)[] = [];
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    ...(params !== undefined && { connectionParams: params }),
    on: {
      opened: (opened) => {
        socket = opened as WebSocket;
      },
      pong: (_received, payload) => awaitingPong.shift()?.(payload?.['accepted'] === true),
      connected: () => {
        onOpened();
      },
      closed: (event) => {
        const { code, reason } = event as SocketClosed;
        onClosed({ code, reason });
      },
    },
  });

  // The operation is sent at once and not when its first result is requested.
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
    present: (token, dpop) =>
      new Promise((resolve) => {
        awaitingPong.push(resolve);
        const payload =
          dpop === undefined
            ? { authorization: `Bearer ${token}` }
            : { authorization: `DPoP ${token}`, dpop };
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
