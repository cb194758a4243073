import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { MessageType } from 'graphql-ws';
import { eventually } from '../harness/eventually.js';
import { heap } from '../harness/heap.js';
import { scrape } from '../harness/metrics.js';
import { exchange, openRawConnection, type RawConnection } from '../harness/raw-connection.js';
import { openRawSocket, type RawSocket } from '../harness/raw-socket.js';
import { startServiceProcess } from '../harness/service-process.js';
import { startTestService, type TestService } from '../harness/service.js';
import { temporaryDirectory } from '../harness/stores.js';

const KILOBYTE = 1000;
const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const BODY = '{"query":"{ __typename }"}';
const DATA = '{"data":{"__typename":"Query"}}';
const WHOLE = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** One byte of a body. */
const PIECE = '1\r\n \r\n';

const ask = async (url: string) => {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: BODY })).status;
};

describe('a request body in pieces of one byte', () => {
  it('bounds the memory of an unfinished request body in pieces of one byte', async () => {
    const service = await startTestService('embedded', { LOG_LEVEL: 'silent' });
    const pieces = 40 * KILOBYTE;
    const attack = CHUNKED + PIECE.repeat(pieces);
    const connections: RawConnection[] = [];
    const accepted: Socket[] = [];
    const accept = (message: unknown) => accepted.push((message as { socket: Socket }).socket);
    subscribe('net.server.socket', accept);
    const before = await heap();
    const externalBefore = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 10; count += 1) {
      const connection = await openRawConnection(service.url);
      connections.push(connection);
      await connection.write(attack);
    }
    await eventually(() => {
      expect(accepted.map(({ bytesRead }) => bytesRead)).toEqual(
        connections.map(() => attack.length),
      );
      return Promise.resolve();
    });
    unsubscribe('net.server.socket', accept);
    const grown = (await heap()) - before;
    const external = process.memoryUsage().arrayBuffers - externalBefore;
    // An object for each piece takes more than 4 MB.
    expect((grown + external) / connections.length).toBeLessThan(400 * KILOBYTE);
    for (const { socket } of connections) socket.destroy();
    await service.stop();
  });

  it('keeps a process with a small heap running while an address sends bodies in pieces of one byte', async () => {
    const directory = await temporaryDirectory();
    const service = await startServiceProcess({
      DATA_DIRECTORY: directory.path,
      NODE_OPTIONS: '--max-old-space-size=64',
    });
    const attack = CHUNKED + PIECE.repeat(60 * KILOBYTE);
    const connections = await Promise.all(
      Array.from({ length: 20 }, () => openRawConnection(service.url)),
    );
    await Promise.all(connections.map(({ write }) => write(attack)));
    expect(await ask(service.url)).toBe(200);
    for (const { socket } of connections) socket.destroy();
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    await directory.remove();
  });

  it('accepts a complete request body in pieces of one byte', async () => {
    const service = await startTestService('embedded');
    const spaces = 5 * KILOBYTE;
    const pieces = Array.from(BODY, (byte) => `1\r\n${byte}\r\n`).join('');
    const answer = await exchange(
      service.url,
      CHUNKED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n') +
        `${PIECE.repeat(spaces)}${pieces}0\r\n\r\n`,
    );
    expect(answer).toContain(DATA);
    await service.stop();
  });
});

describe('a WebSocket message in pieces of one byte', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  /** A frame from a client, with a mask of zeros. */
  const frame = (opcode: number, payload: string) =>
    Buffer.concat([Buffer.from([opcode, 0x80 | payload.length, 0, 0, 0, 0]), Buffer.from(payload)]);
  const [FIRST, NEXT, LAST, PONG] = [0x01, 0x00, 0x80, 0x8a];

  /** The connection below the socket. ws itself cannot send such frames. */
  const below = ({ socket }: { socket: WebSocket }) =>
    (socket as unknown as { _socket: Socket })._socket;

  it('accepts a WebSocket message of a few one-byte fragments', async () => {
    const socket = await openRawSocket(service.webSocketUrl);
    const [first = '', ...others] = JSON.stringify({ type: MessageType.Ping });
    const frames = others.map((byte, index) =>
      frame(index === others.length - 1 ? LAST : NEXT, byte),
    );
    below(socket).write(Buffer.concat([frame(FIRST, first), ...frames]));
    expect(await socket.next()).toMatchObject({ type: MessageType.Pong });
    socket.socket.close();
    await socket.closed;
  });

  it('closes a WebSocket with 1008 when a message has too many fragments for its length', async () => {
    const socket = await openRawSocket(service.webSocketUrl);
    const frames = Array.from({ length: 1000 }, () => frame(NEXT, ' '));
    below(socket).write(Buffer.concat([frame(FIRST, ' '), ...frames]));
    expect((await socket.closed).code).toBe(1008);
  });

  it('closes a WebSocket with 1008 when a message does not arrive in time, even if the client sends pongs', async () => {
    const hasty = await startTestService('embedded', {
      REQUEST_HEADERS_TIMEOUT: '50ms',
      REQUEST_TIMEOUT: '50ms',
    });
    const socket = await openRawSocket(hasty.webSocketUrl);
    socket.send({ type: MessageType.ConnectionInit });
    expect(await socket.next()).toMatchObject({ type: MessageType.ConnectionAck });
    // A whole message does not wait for another one.
    socket.send({ type: MessageType.Ping });
    expect(await socket.next()).toMatchObject({ type: MessageType.Pong });
    below(socket).write(Buffer.concat([frame(FIRST, ' '), frame(PONG, '')]));
    expect(await socket.closed).toEqual({
      code: 1008,
      reason: 'A message took too long to arrive',
    });
    await hasty.stop();
  });

  it('counts an unfinished WebSocket message as memory until it is complete or its socket is closed', async () => {
    const load = () => service.load().messageMemory;
    const whole = JSON.stringify({ type: MessageType.Ping });
    const part = ' '.repeat(100);
    const sockets = await Promise.all([1, 2, 3].map(() => openRawSocket(service.webSocketUrl)));
    for (const socket of sockets) below(socket).write(frame(FIRST, part));
    await eventually(() => {
      expect(load()).toBeGreaterThanOrEqual(3 * (4096 + part.length));
      return Promise.resolve();
    });
    const [complete, cut, other] = sockets as [RawSocket, RawSocket, RawSocket];
    below(complete).write(frame(LAST, whole));
    expect(await complete.next()).toMatchObject({ type: MessageType.Pong });
    for (const socket of [cut, other]) {
      socket.socket.terminate();
      await socket.closed;
    }
    await eventually(() => {
      expect(load()).toBe(0);
      return Promise.resolve();
    });
    complete.socket.close();
    await complete.closed;
  });

  it('closes a WebSocket with 1008 when the unfinished messages of its address take too much memory', async () => {
    // A message of MESSAGE_LIMIT is always accepted when there are no others.
    const small = await startTestService('embedded', { WEBSOCKET_MEMORY_PER_IP: '1' });
    const sockets: RawSocket[] = [];
    const closed: Promise<{ code: number }>[] = [];
    for (let count = 0; count < 60; count += 1) {
      const socket = await openRawSocket(small.webSocketUrl);
      sockets.push(socket);
      closed.push(socket.closed);
      below(socket).write(frame(FIRST, ' '.repeat(100)));
    }
    expect(await Promise.race(closed)).toMatchObject({ code: 1008 });
    for (const { socket } of sockets) socket.terminate();
    await small.stop();
  });

  it('closes a WebSocket that sends control frames without end between the fragments of a message', async () => {
    const socket = await openRawSocket(service.webSocketUrl);
    // Otherwise the socket would be closed because connection_init does not arrive.
    socket.send({ type: MessageType.ConnectionInit });
    expect(await socket.next()).toMatchObject({ type: MessageType.ConnectionAck });
    const pongs = Array.from({ length: 500 }, () => frame(PONG, 'x'.repeat(125)));
    below(socket).write(Buffer.concat([frame(FIRST, ' '), ...pongs]));
    await socket.closed;
    expect(await ask(service.url)).toBe(200);
  });
});

describe('slow and concurrent requests', () => {
  const refusal = (answer: string) => /^HTTP\/1\.1 (\d+)[^]*"code":"(\w+)"/.exec(answer)?.slice(1);

  it('answers 408 to a request whose head does not arrive in time', async () => {
    const service = await startTestService('embedded', { REQUEST_HEADERS_TIMEOUT: '50ms' });
    expect(await exchange(service.url, 'POST /graphql HTTP/1.1\r\nHost:')).toMatch(
      /^HTTP\/1\.1 408 /,
    );
    await service.stop();
  });

  it('answers 408 on a connection on which nothing arrives, and closes it', async () => {
    const service = await startTestService('embedded', { REQUEST_HEADERS_TIMEOUT: '50ms' });
    const connection = await openRawConnection(service.url);
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 408 /);
    await service.stop();
  });

  it('answers 408 to a request whose body does not arrive in time, and reports nothing', async () => {
    const service = await startTestService('embedded', {
      REQUEST_HEADERS_TIMEOUT: '50ms',
      REQUEST_TIMEOUT: '100ms',
    });
    expect(await exchange(service.url, `${CHUNKED}${PIECE}`)).toMatch(/^HTTP\/1\.1 408 /);
    expect(service.log.filter((line) => line.includes('"level":50'))).toEqual([]);
    await service.stop();
  });

  it.each([
    ['CONCURRENT_BODY_LIMIT_PER_IP', ['429', 'TOO_MANY_REQUESTS']],
    ['CONCURRENT_BODY_LIMIT', ['503', 'OVERLOADED']],
  ])(
    'refuses a body while more arrive than %s allows, and accepts one when another has ended',
    async (variable, code) => {
      const service = await startTestService('embedded', { [variable]: '2' });
      const [one, two] = [
        await openRawConnection(service.url),
        await openRawConnection(service.url),
      ];
      await one.write(CHUNKED + PIECE);
      await two.write(CHUNKED + PIECE);
      const answer = await exchange(service.url, CHUNKED + PIECE);
      expect(refusal(answer)).toEqual(code);
      expect(answer).toMatch(/\r\nretry-after: 1\r\n/i);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      // A body that arrives together with its head does not count.
      expect(await ask(service.url)).toBe(200);

      one.socket.destroy();
      await two.write(`1a\r\n${BODY}\r\n0\r\n\r\n`);
      await two.received(/__typename/);
      await eventually(async () => {
        const again = await openRawConnection(service.url);
        await again.write(`${CHUNKED}${PIECE}1a\r\n`);
        await again.write(`${BODY}\r\n0\r\n\r\n`);
        expect(await again.received(/\}\s*(0\r\n\r\n)?$/)).toContain(DATA);
        again.socket.destroy();
      });
      two.socket.destroy();
      await service.stop();
    },
  );

  it('closes a connection of an address that has too many, and accepts one when another is closed', async () => {
    const service = await startTestService('embedded', {
      CONNECTION_LIMIT_PER_IP: '2',
      METRICS_PORT: '0',
    });
    const [one, two] = [await openRawConnection(service.url), await openRawConnection(service.url)];
    const third = await openRawConnection(service.url);
    expect(await third.closed).toBe('');
    const metrics = await scrape(service.metricsUrl);
    const refused = (limit: string) =>
      metrics.value('wallet_sessions_refused_connections_total', { limit });
    expect([refused('network'), refused('instance')]).toEqual([1, 0]);
    one.socket.destroy();
    await eventually(async () => {
      const again = await openRawConnection(service.url);
      await again.write(WHOLE);
      expect(await again.received(/\}\s*$/)).toContain(DATA);
    });
    two.socket.destroy();
    await service.stop();
  });

  it('does not limit the connections of a trusted proxy', async () => {
    const service = await startTestService('embedded', {
      CONNECTION_LIMIT_PER_IP: '1',
      TRUSTED_PROXIES: 'loopback',
    });
    const one = await openRawConnection(service.url);
    const two = await openRawConnection(service.url);
    await two.write(WHOLE);
    expect(await two.received(/\}\s*$/)).toContain(DATA);
    one.socket.destroy();
    two.socket.destroy();
    await service.stop();
  });

  describe('requests to a running service', () => {
    let service: TestService;
    beforeAll(async () => {
      service = await startTestService('embedded');
    });
    afterAll(() => service.stop());

    it('answers 413 to a body with too long a Content-Length before it is sent', async () => {
      const head = `${HEAD}Content-Length: 100001\r\nExpect: 100-continue\r\n\r\n`;
      const answer = await exchange(service.url, head);
      expect(refusal(answer)).toEqual(['413', 'PAYLOAD_TOO_LARGE']);
    });

    it('answers 100 Continue to a client that waits for it, and reads the body', async () => {
      const connection = await openRawConnection(service.url);
      await connection.write(
        `${HEAD}Content-Length: ${BODY.length}\r\nExpect: 100-continue\r\n\r\n`,
      );
      await connection.received(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
      await connection.write(BODY);
      expect(await connection.received(/\}\s*$/)).toContain(DATA);
      connection.socket.destroy();
    });

    it.each([
      ['a GET', 'GET /graphql?query=%7B__typename%7D'],
      ['another method', 'DELETE /graphql'],
      ['another path', 'POST /elsewhere'],
      ['a health check', 'GET /healthz'],
    ])(
      'closes the connection with the answer to %s instead of reading the body',
      async (_what, start) => {
        const head = `${start} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
        const answer = await exchange(
          service.url,
          `${head}Transfer-Encoding: chunked\r\n\r\n${PIECE}`,
        );
        expect(answer).toMatch(/^HTTP\/1\.1 \d+ /);
        expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      },
    );

    it('answers 400 to an empty body and keeps the connection open', async () => {
      const connection = await openRawConnection(service.url);
      await connection.write(`${HEAD}Content-Length: 0\r\n\r\n`);
      expect(await connection.received(/"code":"BAD_REQUEST"/)).toMatch(/^HTTP\/1\.1 400 /);
      await connection.write(WHOLE);
      expect(await connection.received(/__typename/)).toContain(DATA);
      connection.socket.destroy();
    });

    it('answers 431 to a request with too many header fields', async () => {
      const fields = Array.from({ length: 300 }, (_, index) => `x${index}: y\r\n`).join('');
      const answer = await exchange(
        service.url,
        `GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${fields}\r\n`,
      );
      expect(refusal(answer)).toEqual(['431', 'TOO_MANY_HEADERS']);
    });

    it('closes a connection with too many unanswered pipelined requests', async () => {
      const request = 'GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n';
      const answers = await exchange(service.url, request.repeat(1000));
      expect(answers.match(/HTTP\/1\.1 /g) ?? []).not.toHaveLength(1000);
      const connection = await openRawConnection(service.url);
      await connection.write(request.repeat(10));
      await connection.received(/(?:HTTP\/1\.1 200 [^]*){10}/);
      connection.socket.destroy();
    });

    it('keeps nothing in memory of pipelined requests whose connection is reset', async () => {
      const burst = async (count: number) => {
        for (let index = 0; index < count; index += 1) {
          const connection = await openRawConnection(service.url);
          await connection.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(10));
          connection.socket.resetAndDestroy();
          await once(connection.socket, 'close').catch(() => undefined);
        }
        expect(await ask(service.url)).toBe(200);
      };
      await burst(20);
      const before = await heap();
      await burst(200);
      expect(((await heap()) - before) / 2000).toBeLessThan(0.5 * KILOBYTE);
    });
  });
});
