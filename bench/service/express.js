// This project in Express 5, as an application embeds it.
import express from 'express';
import { requireWalletSession } from '../../dist/express/index.js';
import { openRedisStore } from '../../dist/stores/redis/open.js';
import { createWalletSessions } from '../../dist/core/wallet-sessions.js';
import { listen } from '../peers/listen.js';
import { ORIGIN, SECRET_KEY } from './start.js';

const walletSessions = createWalletSessions({
  store: await openRedisStore({ url: process.env.REDIS_URL, nearCacheBound: 1000 }),
  keys: [SECRET_KEY],
  origins: [ORIGIN],
});

const app = express();
app.get('/', requireWalletSession(walletSessions), (request, response) => {
  response.json({ id: request.walletSession.id });
});
// The same application's requests that need no session.
app.get('/unchecked', (_request, response) => {
  response.json({ id: 'AAAAAAAAAAAAAAAAAAAA' });
});
listen(app, async (url) => {
  const wallet = '0x9858EfFD232B4033E47d90003D41EC34EcaEda94';
  const { accessToken } = await walletSessions.sessions.create({ wallet, chainId: 'eip155:1' }, {});
  return { unchecked: `${url}/unchecked`, headers: { authorization: `Bearer ${accessToken}` } };
});
