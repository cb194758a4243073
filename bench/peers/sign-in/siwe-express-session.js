// siwe and express-session, as the example of siwe has it, with the sessions in Redis.
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { generateNonce, SiweMessage } from 'siwe';
import { listen } from '../listen.js';

const client = await createClient({ url: process.env.REDIS_URL }).connect();

const app = express();
app.use(express.json());
app.use(
  session({
    store: new RedisStore({ client }),
    secret: 'a secret of the benchmark',
    resave: false,
    saveUninitialized: false,
  }),
);
app.get('/nonce', (request, response) => {
  request.session.nonce = generateNonce();
  response.type('text/plain').send(request.session.nonce);
});
app.post('/verify', async (request, response) => {
  try {
    const { data } = await new SiweMessage(request.body.message).verify({
      signature: request.body.signature,
      nonce: request.session.nonce,
      domain: 'app.example.com',
    });
    request.session.siwe = data;
    response.json({ address: data.address });
  } catch {
    response.status(422).end();
  }
});
listen(app);
