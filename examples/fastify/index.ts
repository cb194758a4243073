// A Fastify 5 application with wallet sessions, and with Mercurius at /graphql.
//
//   npm run build && npx esbuild examples/fastify/index.ts --bundle --packages=external --platform=node --format=esm | node --input-type=module
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import mercurius from 'mercurius';
import { createWalletSessions, WalletSessionsError } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { buildWalletSessionsSchema, createContextFunction } from 'wallet-sessions/graphql';
import { walletSessionsPlugin } from './wallet-sessions.js';

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env;
const directory = await mkdtemp(join(tmpdir(), 'wallet-sessions-example-'));
const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory }),
  keys: [{ id: 'example', secret: Buffer.alloc(32, 'use a secret of your own') }],
  origins: [ORIGIN],
  cookies: true,
});

const app = fastify({ forceCloseConnections: true });
await app.register(walletSessionsPlugin, { walletSessions });
const contextOf = createContextFunction(walletSessions);
await app.register(mercurius, {
  schema: buildWalletSessionsSchema(),
  context: (request, reply) => contextOf(request.raw, reply.raw),
});
app.get('/me', ({ walletSession }) => {
  if (walletSession === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
  return { wallet: walletSession.wallet };
});
console.log(await app.listen({ port: Number(PORT), host: '127.0.0.1' }));

async function stop() {
  await app.close();
  await walletSessions.close();
  await rm(directory, { recursive: true });
}
process.once('SIGTERM', () => void stop());
