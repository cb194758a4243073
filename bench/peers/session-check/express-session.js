// express-session with connect-redis, as their documentation sets them up. DISABLE_TOUCH=on leaves a
// session's expiry where it was; POST /refresh gives the session another id.
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { listen } from '../listen.js';

const client = await createClient({ url: process.env.REDIS_URL }).connect();

const app = express();
app.use(
  session({
    store: new RedisStore({ client, disableTouch: process.env.DISABLE_TOUCH === 'on' }),
    secret: 'a secret of the benchmark',
    resave: false,
    saveUninitialized: false,
  }),
);
app.post('/sign-in', (request, response) => {
  request.session.wallet = '0x9858EfFD232B4033E47d90003D41EC34EcaEda94';
  response.end();
});
app.get('/', (request, response) => {
  if (request.session.wallet === undefined) {
    response.status(401).end();
    return;
  }
  response.json({ id: request.session.id });
});
app.post('/refresh', (request, response, next) => {
  const { wallet } = request.session;
  if (wallet === undefined) {
    response.status(401).end();
    return;
  }
  request.session.regenerate((error) => {
    if (error) {
      next(error);
      return;
    }
    request.session.wallet = wallet;
    response.json({ id: request.session.id });
  });
});
listen(app, async (url) => {
  const { headers } = await fetch(`${url}/sign-in`, { method: 'POST' });
  return { headers: { cookie: headers.get('set-cookie').split(';')[0] } };
});
