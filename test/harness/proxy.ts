import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** An HTTP and WebSocket proxy that loses answers or connections on demand. */
export interface Proxy {
  /** The URL to use in place of that of the service. */
  readonly url: string;
  /** The names of the operations requested over HTTP, in order. */
  readonly operations: readonly string[];
  /** Drops the next answer to this operation after the service has executed it. */
  loseAnswerTo(operation: string): void;
  /** With `false`, closes all connections and refuses new ones until it is called with `true`. */
  pass(passes: boolean): void;
  close(): Promise<void>;
}

export async function openProxy(target: string): Promise<Proxy> {
  const { hostname, port, pathname } = new URL(target);
  const operations: string[] = [];
  const losing = new Set<string>();
  const sockets = new Set<Socket>();
  let passing = true;

  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      const operation = operationOf(body);
      operations.push(operation);
      const { method, headers, url: path } = incoming;
      const answered = (answer: IncomingMessage) => {
        if (losing.delete(operation)) {
          answer.resume();
          incoming.socket.destroy();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      };
      forward({ hostname, port, path, method, headers }, answered)
        .on('error', () => incoming.socket.destroy())
        .end(body);
    });
  });

  server.on('connection', (socket) => {
    if (!passing) socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  server.on('upgrade', (incoming, socket: Socket, head) => {
    const upstream = connect(Number(port), hostname);
    const lines = incoming.rawHeaders.map((item, index) =>
      index % 2 ? `${item}\r\n` : `${item}: `,
    );
    upstream.write(`GET ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
    for (const [one, other] of [[upstream, socket] as const, [socket, upstream] as const]) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutOff = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    operations,
    loseAnswerTo: (operation) => losing.add(operation),
    pass(passes) {
      passing = passes;
      if (!passes) cutOff();
    },
    async close() {
      server.close();
      cutOff();
      await once(server, 'close');
    },
  };
}

function operationOf(body: string): string {
  const { query = '' } = JSON.parse(body) as { query?: string };
  return /\b(?:query|mutation|subscription) (\w+)/.exec(query)?.[1] ?? query;
}
