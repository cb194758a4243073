// This project's validation as a middleware in Express 5, as an application would embed it.
import express from 'express';
import { listen } from '../peers/listen.js';
import { openServices } from './open.js';

const ADDRESS = '0x9858EfFD232B4033E47d90003D41EC34EcaEda94';

const { sessions } = await openServices(process.env.REDIS_URL);

const app = express();
app.get('/', async (request, response) => {
  const session = await sessions.validate(request.headers.authorization.slice(7), {});
  if (session === undefined) {
    response.status(401).end();
    return;
  }
  response.json({ id: session.id });
});
listen(app, async () => {
  const { accessToken } = await sessions.create({ wallet: ADDRESS, chainId: 1 }, {});
  return { headers: { authorization: `Bearer ${accessToken}` } };
});
