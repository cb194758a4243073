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
  /** Holds back the answers on the connection, whether it is open or not yet, until `release` is called. */
  hold(marker: string): Hold;
  /**
   * Resolves when a connection that has not sent the text yet sends it. The connection may be open already: a client
   * that was cut may be connecting again.
   */
  reopened(marker: string): Promise<void>;
  close(): Promise<void>;
}

export interface Hold {
  /** Resolves when an answer with this text is held back. */
  takes(text: string): Promise<void>;
  /** Lets the answers through, in their order. Those on a connection that has closed meanwhile are lost. */
  release(): void;
}

interface Connection {
  sent: string;
  /** Answers that are held back. */
  readonly waiting: Buffer[];
}

export async function openRedisProxy(redisUrl: string): Promise<RedisProxy> {
  const { hostname, port } = new URL(redisUrl);
  const clients = new Map<Socket, Connection>();
  const holds = new Map<string, (data: Buffer) => void>();
  const awaited = new Set<{ marker: string; sentBefore: ReadonlySet<Socket>; found(): void }>();
  const muted = new Set<string>();
  let gate: { readonly open: Promise<void>; heard(): void } | undefined;
  const server = createServer((client) => {
    const known: Connection = { sent: '', waiting: [] };
    clients.set(client, known);
    const redis = connect(Number(port), hostname);
    const held = gate;
    client.on('data', (data: Buffer) => {
      known.sent += data.toString('latin1');
      redis.write(data);
      for (const one of awaited) {
        if (one.sentBefore.has(client) || !known.sent.includes(one.marker)) continue;
        awaited.delete(one);
        one.found();
      }
    });
    redis.on('data', (data: Buffer) => {
      const [taken] = [...holds].filter(([marker]) => known.sent.includes(marker));
      if (taken !== undefined) {
        known.waiting.push(data);
        taken[1](data);
      } else if (held !== undefined) {
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
    hold(marker) {
      let taken = '';
      const expected = new Set<() => void>();
      holds.set(marker, (data) => {
        taken += data.toString('latin1');
        for (const check of expected) check();
      });
      return {
        takes: (text) =>
          new Promise((resolve) => {
            const check = () => {
              if (taken.includes(text)) resolve();
            };
            expected.add(check);
            check();
          }),
        release() {
          holds.delete(marker);
          for (const [client, { waiting }] of clients)
            client.write(Buffer.concat(waiting.splice(0)));
        },
      };
    },
    reopened(marker) {
      const sent = [...clients].filter(([, connection]) => connection.sent.includes(marker));
      const sentBefore = new Set(sent.map(([client]) => client));
      return new Promise((found) => awaited.add({ marker, sentBefore, found }));
    },
    async close() {
      cut('');
      server.close();
      await once(server, 'close');
    },
  };
}
