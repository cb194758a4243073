// A Hono application on Node.js with wallet sessions, and their REST API at /api.
//
//   npm run build && npx esbuild examples/hono/index.ts --bundle --packages=external --platform=node --format=esm | node --input-type=module
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { createFetchApi } from 'wallet-sessions/fetch';
import { requireWalletSession } from './wallet-sessions.js';

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env;
const directory = await mkdtemp(join(tmpdir(), 'wallet-sessions-example-'));
const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory }),
  keys: [{ id: 'example', secret: Buffer.alloc(32, 'use a secret of your own') }],
  origins: [ORIGIN],
  cookies: true,
});
const api = createFetchApi(walletSessions);

const app = new Hono();
app.all('/api/*', (c) => api.handler(c.req.raw, { remoteAddress: getConnInfo(c).remote.address }));
app.get('/me', requireWalletSession(api), (c) => c.json({ wallet: c.var.walletSession.wallet }));

const server = serve(
  { fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' },
  ({ port }) => {
    console.log(`http://127.0.0.1:${port}`);
  },
);

function stop() {
  server.close(() => {
    void walletSessions.close().then(() => rm(directory, { recursive: true }));
  });
  if ('closeAllConnections' in server) server.closeAllConnections();
}
process.once('SIGTERM', stop);
