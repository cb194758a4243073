// GraphQL Yoga on node:http with the schema of wallet sessions.
//
//   npm run build && npx esbuild examples/yoga/index.ts --format=esm | node --input-type=module
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createYoga } from 'graphql-yoga';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { buildWalletSessionsSchema, createContextFunction } from 'wallet-sessions/graphql';

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env;
const directory = await mkdtemp(join(tmpdir(), 'wallet-sessions-example-'));
const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory }),
  keys: [{ id: 'example', secret: Buffer.alloc(32, 'use a secret of your own') }],
  origins: [ORIGIN],
  cookies: true,
});
const contextOf = createContextFunction(walletSessions);
const yoga = createYoga<{ req: IncomingMessage; res: ServerResponse }>({
  schema: buildWalletSessionsSchema(),
  context: ({ req, res }) => contextOf(req, res),
  logging: false,
});
const http = createServer((request, response) => void yoga(request, response));
http.listen(PORT, () => {
  console.log(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
});

function stop() {
  http.close(() => {
    void walletSessions.close().then(() => rm(directory, { recursive: true }));
  });
  http.closeAllConnections();
}
process.once('SIGTERM', stop);
