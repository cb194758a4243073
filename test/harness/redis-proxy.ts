import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A proxy to Redis that fails on demand. A connection is selected by a text that its client has sent. */
export interface RedisProxy {
  readonly url: string;
  /** Drops all later answers of Redis while the connection stays open. */
  mute(marker: string): void;
  /** Closes the connection. */
  cut(marker: string): void;
  /**
   * Holds back the answers of Redis on connections opened from now on. Resolves, when an answer is held back, to a
   * function that releases them.
   */
  holdNext(): Promise<() => void>;
  close(): Promise<void>;
}

export async function openRedisProxy(redisUrl: string): Promise<RedisProxy> {
  const { hostname, port } = new URL(redisUrl);
  const clients = new Map<Socket, { sent: string }>();
  const muted = new Set<string>();
  let gate: { readonly open: Promise<void>; heard(): void } | undefined;
  const server = createServer((client) => {
    const known = { sent: '' };
    clients.set(client, known);
    const redis = connect(Number(port), hostname);
    const held = gate;
    client.on('data', (data: Buffer) => {
      known.sent += data.toString('latin1');
      redis.write(data);
    });
    redis.on('data', (data: Buffer) => {
      if (held !== undefined) {
        held.heard();
        void held.open.then(() => client.write(data));
      } else if (![...muted].some((marker) => known.sent.includes(marker))) client.write(data);
    });
    for (const end of [client, redis]) {
      end.on('error', () => undefined);
      end.on('close', () => {
        clients.delete(client);
        client.destroy();
        redis.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (marker: string) => {
    for (const [client, { sent }] of clients) if (sent.includes(marker)) client.destroy();
  };
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mute: (marker) => muted.add(marker),
    cut,
    holdNext: () =>
      new Promise((resolve) => {
        let release = () => {};
        const open = new Promise<void>((opened) => (release = opened));
        const letThrough = () => {
          gate = undefined;
          release();
        };
        gate = {
          open,
          heard: () => {
            resolve(letThrough);
          },
        };
      }),
    async close() {
      cut('');
      server.close();
      await once(server, 'close');
    },
  };
}
