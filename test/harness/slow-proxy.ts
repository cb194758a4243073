import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy that a test can make slow, silent or disconnected. */
export interface SlowProxy {
  readonly port: number;
  /** The port that new connections lead to. */
  target: number;
  /** The delay of each chunk of an answer, in milliseconds. `Infinity` drops it. */
  delay: number;
  /** The number of bytes sent to the server. */
  readonly sent: number;
  /** Closes all current connections. */
  cut(): void;
  close(): Promise<void>;
}

export async function startSlowProxy(target: number): Promise<SlowProxy> {
  const sockets = new Set<Socket>();
  let sent = 0;
  const server = createServer((client) => {
    const upstream = connect(proxy.target, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk) => {
      sent += chunk.length;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (proxy.delay === Infinity) return;
      setTimeout(() => client.write(chunk), proxy.delay);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: SlowProxy = {
    port: (server.address() as AddressInfo).port,
    target,
    delay: 0,
    get sent() {
      return sent;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
