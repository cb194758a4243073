import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';
import { API, client, keyedFetch, webSocket } from '../client.js';

/** The header or connection parameter of the session, where there is one with tokens. */
async function authorization(): Promise<{ authorization?: string }> {
  const token = await client.accessToken();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

const socket = createClient({
  url: API.replace(/^http/, 'ws'),
  webSocketImpl: webSocket,
  connectionParams: authorization,
  lazyCloseTimeout: 0,
});

/** Somebody else's session must not go on with the socket of the one before. */
client.on('change', () => {
  socket.terminate();
});

/** A sign-in that is written by hand gets no key: its tokens are meant to be used elsewhere. */
const fetchAsWritten = (url: string, init?: RequestInit) =>
  new Headers(init?.headers).has('authorization') ? keyedFetch(url, init) : fetch(url, init);

const send = createGraphiQLFetcher({
  url: API,
  wsClient: socket,
  fetch: fetchAsWritten as typeof fetch,
});

/** Sends operations as the session of this page, unless the headers editor says otherwise. */
export const fetcher: Fetcher = async (params, options) =>
  send(params, { ...options, headers: { ...(await authorization()), ...options?.headers } });
