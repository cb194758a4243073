// This project in Fastify 5: the hook of examples/fastify.
import fastify from 'fastify';
import { announce, openWalletSessions } from './open.js';

const walletSessions = await openWalletSessions();
const app = fastify();
app.decorateRequest('walletSession');
app.addHook('onRequest', (request, reply, next) => {
  const validated = walletSessions.validateRequest(request.raw, reply.raw);
  const proceed = (session) => {
    request.walletSession = session;
    next();
  };
  if (validated instanceof Promise) validated.then(proceed, next);
  else proceed(validated);
});
app.get('/', ({ walletSession }) => ({ id: walletSession.id }));
await announce(await app.listen({ port: 0, host: '127.0.0.1' }), walletSessions);
