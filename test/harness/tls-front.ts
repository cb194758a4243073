import { hash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { TestAuthority } from './certificates.js';

const SPKI = { type: 'spki', format: 'der' } as const;

/** A TLS endpoint in front of a plain server, such as a load balancer that chooses its certificate by server name (SNI). */
export interface TlsFront {
  readonly port: number;
  /** SHA-256 of the public key for `localhost`, in base64: a browser can be told to accept it. */
  readonly spkiHash: string;
  /** The server names of the handshakes; `undefined` for a handshake without one. */
  readonly namesSent: ReadonlySet<string | undefined>;
  close(): Promise<void>;
}

/**
 * Opens a front that has a certificate for `localhost`, and shows that for `127.0.0.1` to clients that send no name. It
 * forwards connections without TLS unchanged, so that servers behind it can talk to each other.
 */
export async function openTlsFront(
  authority: TestAuthority,
  target: () => number,
): Promise<TlsFront> {
  const contextFor = async (subject: string) => {
    const { certificateFile, keyFile } = await authority.issue(subject);
    const [cert, key] = [await readFile(certificateFile), await readFile(keyFile)];
    return { cert, context: createSecureContext({ cert, key }) };
  };
  const { cert, context: named } = await contextFor('DNS:localhost');
  const { context: unnamed } = await contextFor('IP:127.0.0.1');
  const namesSent = new Set<string | undefined>();
  const open = new Set<Socket>();
  const track = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => open.delete(socket));
  };

  /** Ends TLS, and resolves to a socket that reads and writes plain data. */
  async function plain(socket: Socket): Promise<Socket> {
    let name: string | undefined;
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext: unnamed,
      SNICallback: (asked, choose) => {
        name = asked;
        choose(null, asked === 'localhost' ? named : unnamed);
      },
    });
    track(secured);
    await once(secured, 'secure');
    namesSent.add(name);
    return secured;
  }

  const server = createServer((socket) => {
    track(socket);
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      socket.unshift(first);
      // The first byte of a TLS handshake.
      const ready = first[0] === 0x16 ? plain(socket) : Promise.resolve(socket);
      ready.then(
        (client) => {
          const behind = connect(target(), '127.0.0.1');
          track(behind);
          client.pipe(behind).pipe(client);
          client.once('close', () => behind.destroy());
          behind.once('close', () => client.destroy());
        },
        () => socket.destroy(),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    spkiHash: hash('sha256', new X509Certificate(cert).publicKey.export(SPKI), 'base64'),
    namesSent,
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
