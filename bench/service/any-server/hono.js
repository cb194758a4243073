// This project in Hono on Node.js: `validate` of wallet-sessions/fetch.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createFetchApi } from '../../../dist/fetch/index.js';
import { announce, openWalletSessions } from './open.js';

const walletSessions = await openWalletSessions();
const api = createFetchApi(walletSessions);
const app = new Hono();
app.get('/', async (c) => {
  const session = await api.validate(c.env.incoming);
  return c.json({ id: session.id });
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  void announce(`http://127.0.0.1:${port}`, walletSessions);
});
