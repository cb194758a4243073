import { bindToKeys } from '../client/src/dpop/index.js';
import { createWalletSessionsClient, type WalletSessionsClient } from '../client/src/index.js';
import { settings } from './settings.js';

/** The API beside the page, wherever a proxy serves both. */
export const API = new URL('graphql', location.href).href;

/**
 * Whether sign-ins on these pages bind their sessions to a key, so that their tokens are of no use elsewhere. Browsers have keys
 * over https:// and on localhost. If binding is optional, it is done where the service accepts proofs for this URL of the API.
 */
export const isKeyBound =
  !settings.usesCookies &&
  isSecureContext &&
  (settings.keyBinding === 'required' ||
    (settings.keyBinding === 'optional' && settings.publicUrls.has(new URL('.', API).href)));

const keys = isKeyBound
  ? bindToKeys<typeof WebSocket>({ fetch: (url, init) => fetchKnown(url, init as RequestInit) })
  : undefined;

/** Proves the key of the session whose token a request has, as `webSocket` does. */
export const keyedFetch = (keys?.fetch ?? fetchKnown) as typeof fetchKnown;

export const webSocket = keys?.webSocket ?? WebSocket;

/**
 * The session of these pages. Without cookies its tokens are in `sessionStorage`: they live through a reload and end with the
 * tab. Its key, if it has one, is in IndexedDB until the session ends. The pages load no script of anybody else.
 */
export const client: WalletSessionsClient = createWalletSessionsClient({
  url: API,
  cookies: settings.usesCookies,
  fetch: keyedFetch,
  webSocket,
  ...(!settings.usesCookies && { storage: sessionStorage }),
});

client.on('end', ({ sessionId }) => void keys?.removeKey(sessionId));

/** A `fetch` that forgets the session of the page if it is bound to a key that the browser no longer has. */
async function fetchKnown(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const unproven = /^Bearer (.*)/.exec(new Headers(init?.headers).get('authorization') ?? '')?.[1];
  const isRefused = response.headers.get('www-authenticate')?.startsWith('DPoP');
  if (unproven !== undefined && isRefused && unproven === (await client.accessToken())) {
    await client.forget();
  }
  return response;
}
