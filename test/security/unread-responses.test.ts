import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MessageType } from 'graphql-ws';
import { defaultsOf } from '../../src/options.js';
import { createBoundedServer, INTAKE_SETTINGS } from '../../src/server/bounded-server.js';
import { eventually } from '../harness/eventually.js';
import { openRawConnection, type RawConnection } from '../harness/raw-connection.js';
import { openRawSocket, type RawSocket } from '../harness/raw-socket.js';
import { startTestService } from '../harness/service.js';

const MEBIBYTE = 2 ** 20;
const BODY = 'x'.repeat(900_000);
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
/** As many as a connection may have unanswered. */
const PIPELINE = REQUEST.repeat(16);

describe('responses over HTTP that clients do not read', () => {
  let http: Server;
  let url: string;
  let responses: ServerResponse[];
  const start = async (isTrustedProxy: (address: string) => boolean = () => false) => {
    responses = [];
    http = createBoundedServer(defaultsOf(INTAKE_SETTINGS), isTrustedProxy);
    http.on('request', (_request: IncomingMessage, response: ServerResponse) => {
      responses.push(response);
      response.end(BODY);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  };
  afterEach(
    () =>
      new Promise((resolve) => {
        http.close(resolve);
        http.closeAllConnections();
      }),
  );

  async function openUnread(count: number): Promise<RawConnection[]> {
    const connections: RawConnection[] = [];
    while (connections.length < count) {
      const connection = await openRawConnection(url);
      connection.socket.pause();
      await connection.write(PIPELINE);
      connections.push(connection);
    }
    return connections;
  }

  const unread = () => {
    const kept = responses.filter(({ req }) => !req.socket.destroyed);
    return kept.reduce((sum, { writableLength }) => sum + writableLength, 0);
  };
  const closed = () => new Set(responses.map(({ req }) => req.socket)).size - open();
  const open = () => {
    const sockets = new Set(responses.map(({ req }) => req.socket));
    return Array.from(sockets).filter(({ destroyed }) => !destroyed).length;
  };

  it('are kept up to 16 MiB for an address, and a connection with more is closed', async () => {
    await start();
    await openUnread(10);
    await eventually(() => {
      expect(closed()).toBeGreaterThan(0);
      return Promise.resolve();
    });
    expect(unread()).toBeLessThan(16 * MEBIBYTE);
  });

  it('are kept up to 128 MiB for all clients of a trusted proxy together', async () => {
    await start(() => true);
    await openUnread(20);
    await eventually(() => {
      expect(closed()).toBeGreaterThan(0);
      return Promise.resolve();
    });
    expect(unread()).toBeLessThan(128 * MEBIBYTE);
    expect(unread()).toBeGreaterThan(16 * MEBIBYTE);
  });

  it('no longer count once they have been read or their connection is closed', async () => {
    await start();
    for (let round = 0; round < 4; round += 1) {
      const connections = await openUnread(1);
      if (round % 2 === 0) connections[0]?.socket.destroy();
      else connections[0]?.socket.resume();
      await eventually(() => {
        expect(unread()).toBe(0);
        return Promise.resolve();
      });
    }
    expect(responses).toHaveLength(4 * 16);
    const [reading] = await openUnread(1);
    let read = 0;
    reading?.socket.on('data', (piece: string) => (read += piece.length)).resume();
    await eventually(() => {
      expect(read).toBeGreaterThan(16 * BODY.length);
      return Promise.resolve();
    });
  });
});

describe('responses over WebSockets that clients do not read', () => {
  it('count in the memory of messages, and a socket over its limit is closed', async () => {
    const limit = 3_000_000;
    const service = await startTestService('embedded', {
      MESSAGE_LIMIT: '100000',
      WEBSOCKET_MEMORY_PER_IP: String(limit),
    });
    const sockets: RawSocket[] = [];
    const payload = { text: 'x'.repeat(90_000) };
    while (sockets.length < 6) {
      const socket = await openRawSocket(service.webSocketUrl);
      socket.send({ type: MessageType.ConnectionInit });
      expect(await socket.next()).toEqual({ type: MessageType.ConnectionAck });
      socket.socket.pause();
      sockets.push(socket);
    }
    for (let sent = 0; sent < 400; sent += 1) {
      for (const { send } of sockets) send({ type: MessageType.Ping, payload });
    }
    await eventually(() => {
      expect(service.load().sockets).toBeLessThan(sockets.length);
      return Promise.resolve();
    });
    expect(service.load().messageMemory).toBeLessThanOrEqual(limit);
    for (const { socket } of sockets) socket.terminate();
    await eventually(() => {
      expect(service.load()).toMatchObject({ sockets: 0, messageMemory: 0 });
      return Promise.resolve();
    });
    await service.stop();
  });
});
