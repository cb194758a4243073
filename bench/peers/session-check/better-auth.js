// Better Auth with Redis as secondary storage; its session is asked for in Express as its documentation
// shows. COOKIE_CACHE=on lets it believe a signed cookie for five minutes without asking Redis.
import { fromNodeHeaders } from 'better-auth/node';
import express from 'express';
import { createAuth, signUp } from '../better-auth.js';
import { listen } from '../listen.js';

const auth = createAuth({
  emailAndPassword: { enabled: true },
  session: { cookieCache: { enabled: process.env.COOKIE_CACHE === 'on', maxAge: 300 } },
});

const app = express();
app.get('/', async (request, response) => {
  const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
  if (found === null) {
    response.status(401).end();
    return;
  }
  response.json({ id: found.session.id });
});
listen(app, async () => ({ headers: { cookie: await signUp(auth) } }));
