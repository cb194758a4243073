import type { KeyStore } from './key-store.js';
import { signProof } from './proof.js';
import { surroundings, type BoundFetch, type ProofKeyPair } from './surroundings.js';
import { bearerIn, boundSessionIn, isRefusedForNonce, isSignIn, sessionIdOf } from './tokens.js';

/** The nonces that services ask for in proofs, by origin. */
export type Nonces = Map<string, string>;

/**
 * A `fetch` that proves keys. A sign-in gets a new key, which is kept for the session that it starts. Requests with a token of
 * such a session get a proof of its key, and `DPoP` in place of `Bearer`. Other requests are sent as they are.
 */
export function createBoundFetch(
  fetch: BoundFetch,
  store: KeyStore,
  nonces: Nonces,
  newKeyPair: () => Promise<ProofKeyPair>,
): BoundFetch {
  return async (url, init = {}) => {
    const headers = new surroundings.Headers(init.headers);
    const body = typeof init.body === 'string' ? init.body : '';
    const accessToken = bearerIn(headers.get('authorization'));
    const sessionId = sessionIdOf(accessToken, body);
    const signsIn = isSignIn(body);
    const pair = sessionId ? await store.get(sessionId) : signsIn && (await newKeyPair());
    if (!pair) return fetch(url, init);

    const { origin, pathname } = new surroundings.URL(url, surroundings.location?.href);
    const method = (init.method ?? 'GET').toUpperCase();
    if (accessToken !== undefined) headers.set('authorization', `DPoP ${accessToken}`);
    const send = async () => {
      const nonce = nonces.get(origin);
      const target = { method, url: origin + pathname, accessToken, nonce };
      headers.set('dpop', await signProof(pair, target));
      const plain: Record<string, string> = {};
      headers.forEach((value, name) => (plain[name] = value));
      return fetch(url, { ...init, headers: plain });
    };

    let response = await send();
    const nonce = response.headers.get('dpop-nonce');
    if (nonce !== null) {
      nonces.set(origin, nonce);
      if (isRefusedForNonce(await response.clone().text())) response = await send();
    }
    if (signsIn) {
      // Before the tokens are known to anybody, so that other tabs find the key.
      const started = boundSessionIn(await response.clone().text());
      if (started !== undefined) await store.put(started, pair);
    }
    return response;
  };
}
