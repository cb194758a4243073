import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection without an HTTP library, to send requests that no library sends. */
export interface RawConnection {
  readonly socket: Socket;
  /** Resolves when what was written is with the operating system, or the connection is gone. */
  write(data: string | Buffer): Promise<void>;
  /** Resolves with all that has been received when it matches; rejects when the connection closes before. */
  received(pattern: RegExp): Promise<string>;
  /** Resolves with all that was received when the connection is closed. */
  readonly closed: Promise<string>;
}

/** Connects to the host and port of a URL. */
export async function openRawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  // A server that refuses may reset the connection.
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (data: string) => (text += data));
  const closed = once(socket, 'close').then(() => text);
  await Promise.race([once(socket, 'connect'), closed]);
  return {
    socket,
    closed,
    async write(data) {
      const written = new Promise((resolve) => socket.write(data, resolve));
      await Promise.race([written, closed]);
    },
    async received(pattern) {
      while (!pattern.test(text)) {
        if (socket.closed) throw new Error(`The connection closed after ${JSON.stringify(text)}.`);
        await Promise.race([once(socket, 'data'), closed]);
      }
      return text;
    },
  };
}

/** Sends one request and resolves with all that is received until the connection closes. */
export async function exchange(url: string, request: string): Promise<string> {
  const connection = await openRawConnection(url);
  await connection.write(request);
  return connection.closed;
}
