import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

const PROTOCOL = 'graphql-transport-ws';

/** A socket without a client library, for protocol violations. */
export async function openRawSocket(url: string, options?: ClientOptions): Promise<RawSocket> {
  const socket = new WebSocket(url, PROTOCOL, options);
  const messages: unknown[] = [];
  let notify = () => {};
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()));
    notify();
  });
  const closed = once(socket, 'close').then(([code, reason]) => ({
    code: code as number,
    reason: String(reason),
  }));
  await once(socket, 'open');
  return {
    socket,
    closed,
    send: (message) => {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
    async next() {
      while (messages.length === 0) await new Promise<void>((resolve) => (notify = resolve));
      return messages.shift();
    },
  };
}

export interface RawSocket {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  send(message: object | string): void;
  next(): Promise<unknown>;
}
