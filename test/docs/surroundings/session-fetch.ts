import type { WalletSessionsClient } from 'wallet-sessions-client';

/** Sends the session's token, as the first snippet of the section does. */
export function sessionFetchOf(client: WalletSessionsClient): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    const token = await client.accessToken();
    if (token) headers.set('authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
}
