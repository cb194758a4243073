// Hono on Node.js with nothing checked.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
app.get('/', (c) => c.json({ id: 'AAAAAAAAAAAAAAAAAAAA' }));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  const headers = { authorization: `Bearer ${'A'.repeat(87)}` };
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, headers }));
});
