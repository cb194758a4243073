import type { Nonces } from './bound-fetch.js';
import type { KeyStore } from './key-store.js';
import { signProof } from './proof.js';
import { surroundings } from './surroundings.js';
import { bearerIn, sessionIdOf } from './tokens.js';

/** The part of a WebSocket that is used. */
interface Socket {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'close', listener: (event: { readonly reason: string }) => void): void;
}

export type SocketClass = new (url: string, protocol: string) => Socket;

const OPEN = 1;

/** How the service closes a socket whose proof needs a nonce. */
const NONCE_REQUIRED = /^KEY_PROOF_NONCE_REQUIRED (\S+)$/;

/**
 * A class of WebSockets for graphql-transport-ws that prove keys: a `connection_init` or `ping` with the token of a session
 * that has a key gets a proof. Messages are sent in their order.
 */
export function createBoundWebSocket(
  Base: SocketClass,
  store: KeyStore,
  nonces: Nonces,
): SocketClass {
  return class extends Base {
    #url: string;
    #origin: string;
    #sending: Promise<void> | undefined;

    constructor(url: string, protocol: string) {
      super(url, protocol);
      const { protocol: scheme, host, pathname } = new surroundings.URL(url);
      this.#url = `${scheme}//${host}${pathname}`;
      // The service has one nonce for HTTP and WebSocket.
      this.#origin = `${scheme.replace('ws', 'http')}//${host}`;
      this.addEventListener('close', ({ reason }) => {
        const [, nonce] = NONCE_REQUIRED.exec(reason) ?? [];
        if (nonce !== undefined) nonces.set(this.#origin, nonce);
      });
    }

    override send(data: string): void {
      const presented = presentedIn(data);
      if (presented === undefined && this.#sending === undefined) {
        super.send(data);
        return;
      }
      const sending = (this.#sending ?? Promise.resolve())
        .then(() => presented && this.#prove(presented))
        .then((proved) => {
          if (this.readyState === OPEN) super.send(proved ?? data);
        })
        .catch((error: unknown) => {
          this.close(4000, String(error).slice(0, 100));
        })
        .finally(() => {
          if (this.#sending === sending) this.#sending = undefined;
        });
      this.#sending = sending;
    }

    async #prove({ message, accessToken }: Presented): Promise<string | undefined> {
      const pair = await store.get(sessionIdOf(accessToken, '') ?? '');
      if (pair === undefined) return undefined;
      const nonce = nonces.get(this.#origin);
      const dpop = await signProof(pair, { method: 'GET', url: this.#url, accessToken, nonce });
      const payload = { ...message.payload, authorization: `DPoP ${accessToken}`, dpop };
      return JSON.stringify({ ...message, payload });
    }
  };
}

interface Message {
  readonly type?: unknown;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** A message that presents an access token. */
interface Presented {
  readonly message: Message;
  readonly accessToken: string;
}

function presentedIn(data: unknown): Presented | undefined {
  if (typeof data !== 'string' || !data.includes('Bearer wsa_')) return undefined;
  const message = JSON.parse(data) as Message;
  if (message.type !== 'connection_init' && message.type !== 'ping') return undefined;
  const accessToken = bearerIn(message.payload?.['authorization']);
  return accessToken === undefined ? undefined : { message, accessToken };
}
