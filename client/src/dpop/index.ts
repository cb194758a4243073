import { createBoundFetch, type Nonces } from './bound-fetch.js';
import type { WebSocketClass as AnyWebSocketClass } from '../subscription-socket.js';
import { createBoundWebSocket, type SocketClass } from './bound-web-socket.js';
import { openKeyStore, storeOf } from './key-store.js';
import { createKeyPair } from './proof.js';
import { surroundings, type BoundFetch, type ProofKeyPair } from './surroundings.js';

export type { BoundFetch, ProofKeyPair } from './surroundings.js';

/** What the client uses of its surroundings to prove keys. */
export interface KeyBindingOptions<WebSocketClass> {
  /**
   * A `CryptoKeyPair` of WebCrypto for all sessions, such as the key of a device: ECDSA with P-256, or Ed25519. Default: a new
   * P-256 key for each session, whose private part cannot be exported.
   */
  readonly keyPair?: ProofKeyPair | undefined;
  /** The name of the database in IndexedDB that has the keys. Default `wallet-sessions-keys`. */
  readonly database?: string | undefined;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: BoundFetch | undefined;
  /** Opens the sockets. Default: the global `WebSocket`. Node.js before 22 has none: pass that of the package `ws`. */
  readonly webSocket?: WebSocketClass | undefined;
}

/** Options of `createWalletSessionsClient`, and of other GraphQL clients. */
export interface KeyBinding<WebSocketClass> {
  readonly fetch: BoundFetch;
  /** `undefined` where there is no WebSocket. */
  readonly webSocket: WebSocketClass | undefined;
  /** Removes the key of a session that has ended: `client.on('end', ({ sessionId }) => removeKey(sessionId))`. */
  readonly removeKey: (sessionId: string) => Promise<void>;
}

/**
 * Binds sessions to keys (DPoP, RFC 9449), so that their tokens are of no use to anybody else:
 * `createWalletSessionsClient({ url, ...bindToKeys() })`. A sign-in that goes through `fetch` binds its session to a new key.
 * Requests and sockets with the tokens of that session prove the key. On a page, keys are in IndexedDB: tabs of an origin share
 * them, and no script can read the private part. Elsewhere they are in memory.
 */
export function bindToKeys<WebSocketClass = AnyWebSocketClass>(
  options: KeyBindingOptions<WebSocketClass> = {},
): KeyBinding<WebSocketClass> {
  const { keyPair, database = 'wallet-sessions-keys' } = options;
  // Called as a method of the global object, which browsers ask for.
  const fetch: BoundFetch = options.fetch ?? ((url, init) => surroundings.fetch(url, init));
  const webSocket = (options.webSocket ?? surroundings.WebSocket) as SocketClass | undefined;
  const store = keyPair === undefined ? openKeyStore(database) : storeOf(keyPair);
  const nonces: Nonces = new Map();
  return {
    fetch: createBoundFetch(fetch, store, nonces, async () => keyPair ?? createKeyPair()),
    webSocket:
      webSocket && (createBoundWebSocket(webSocket, store, nonces) as unknown as WebSocketClass),
    removeKey: (sessionId) => store.remove(sessionId),
  };
}
