import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { expressMiddleware } from '@as-integrations/express5';
import { Wallet } from 'ethers';
import express from 'express';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { createContextFunction, walletSessionsSubgraph } from 'wallet-sessions/graphql';

const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory: 'store' }),
  keys: [{ id: 'only', secret: Buffer.alloc(32, 1) }],
  origins: ['https://app.example.com'],
});

/** The address that the subgraph knows of the client. */
let client: string | undefined;
const contextOf = createContextFunction(walletSessions);
const subgraph = new ApolloServer<object>({
  schema: buildSubgraphSchema([walletSessionsSubgraph()]),
});
await subgraph.start();
const app = express();
app.set('trust proxy', 'loopback');
app.use(
  express.json(),
  expressMiddleware(subgraph, {
    context: async ({ req }) => {
      client = walletSessions.sourceOf(req).ipAddress;
      return contextOf(req);
    },
  }),
);
const http = app.listen(0, '127.0.0.1');
await once(http, 'listening');
const { port } = http.address() as AddressInfo;
Object.assign(process.env, { SESSIONS_URL: `http://127.0.0.1:${port}`, PORT: '0' });

// <snippet>

const wallet = Wallet.createRandom();
const account = `eip155:0:${wallet.address}` as const;
const { message = '' } = await walletSessions.signIn.createChallenge({ account }, {});
const signature = await wallet.signMessage(message);
const { accessToken } = await walletSessions.signIn.complete({ message, signature }, {});
const answer = await fetch(url, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/json',
    'x-forwarded-for': '203.0.113.7',
  },
  body: JSON.stringify({ query: '{ session { wallet } }' }),
});
assert.deepEqual(await answer.json(), { data: { session: { wallet: account } } });
assert.equal(client, '203.0.113.7');
await server.stop();
await subgraph.stop();
http.closeAllConnections();
http.close();
await walletSessions.close();
