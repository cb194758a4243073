import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../rate-limits/network.js';
import { createQuota, EVERYBODY } from '../http/quota.js';
import { ResponseWithLateHeaders } from '../http/whole-response.js';

const MEBIBYTE = 2 ** 20;

/** Maximum bytes of responses that the clients of one IPv4 address or IPv6 /64 have yet to read. */
const MAX_OF_NETWORK = 16 * MEBIBYTE;

/** Maximum bytes of responses that all clients have yet to read. */
const MAX_IN_ALL = 128 * MEBIBYTE;

/** What one connection holds. */
interface Held {
  /** `undefined` for a proxy. */
  readonly network: string | undefined;
  bytes: number;
}

/**
 * Creates the class of a server's responses, which bounds what clients do not read. Node.js keeps what the operating system
 * does not take, also of the responses that wait for an earlier one of their connection. A connection with a response over
 * the bound is closed.
 * @param isTrustedProxy whether an address belongs to a proxy, whose connections serve many clients
 */
export function boundUnreadResponses(
  isTrustedProxy: (address: string) => boolean,
): typeof ServerResponse<IncomingMessage> {
  const ofNetworks = createQuota(MAX_OF_NETWORK);
  const inAll = createQuota(MAX_IN_ALL);
  const held = new WeakMap<Socket, Held>();

  function take({ network }: Held, bytes: number): boolean {
    if (network !== undefined && !ofNetworks.take(network, bytes)) return false;
    if (inAll.take(EVERYBODY, bytes)) return true;
    if (network !== undefined) ofNetworks.give(network, bytes);
    return false;
  }

  function give(connection: Held, bytes: number): void {
    connection.bytes -= bytes;
    if (connection.network !== undefined) ofNetworks.give(connection.network, bytes);
    inAll.give(EVERYBODY, bytes);
  }

  function heldFor(socket: Socket): Held {
    const known = held.get(socket);
    if (known !== undefined) return known;
    const { remoteAddress = 'unknown' } = socket;
    const network = isTrustedProxy(remoteAddress) ? undefined : networkOf(remoteAddress);
    const connection = { network, bytes: 0 };
    held.set(socket, connection);
    // Node.js does not close the responses that wait for an earlier one.
    socket.once('close', () => {
      give(connection, connection.bytes);
    });
    return connection;
  }

  /** Counts the bytes until the response has been sent or its connection is closed. */
  function count(response: ServerResponse, socket: Socket, bytes: number): void {
    const connection = heldFor(socket);
    if (!take(connection, bytes)) {
      socket.destroy();
      return;
    }
    connection.bytes += bytes;
    response.once('close', () => {
      give(connection, Math.min(bytes, connection.bytes));
    });
  }

  return class extends ResponseWithLateHeaders {
    override end(...parameters: unknown[]): this {
      super.end(...(parameters as []));
      const { writableLength, req } = this;
      if (writableLength > 0 && !req.socket.destroyed) count(this, req.socket, writableLength);
      return this;
    }
  };
}
