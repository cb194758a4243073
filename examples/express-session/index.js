// An application whose users log in with a name (its sessions: express-session and connect-redis), to which
// wallet sessions are added, on the same Redis. A wallet that signs in while a user is logged in is linked to
// that user; one that signs in by itself needs no user. Either can end without the other.
//
//   npm run build && REDIS_URL=redis://localhost:6379 node examples/express-session/index.js
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { createWalletSessions } from 'wallet-sessions';
import { optionalWalletSession, requireWalletSession } from 'wallet-sessions/express';
import {
  buildWalletSessionsSchema,
  createContextFunction,
  createDocumentRules,
} from 'wallet-sessions/graphql';
import { openRedisStore } from 'wallet-sessions/redis';

const {
  REDIS_URL = 'redis://localhost:6379',
  PORT = '3000',
  ORIGIN = `http://localhost:${PORT}`,
  SESSION_SECRET = 'only for this example',
  SESSION_KEY = 'for this example only, 32 bytes+',
} = process.env;

// What was there before: users and their sessions.
const redis = createClient({ url: REDIS_URL });
await redis.connect();
const app = express();
app.use(
  session({
    store: new RedisStore({ client: redis, prefix: 'app:' }),
    secret: SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
  }),
);
app.use(express.json());

app.post('/login', (request, response, next) => {
  // Against session fixation: a new id with the login. (Here, any name will do for a password.)
  request.session.regenerate((error) => {
    if (error) return next(error);
    request.session.userId = request.body.name;
    response.json({ user: request.session.userId });
  });
});
app.get('/account', (request, response) => {
  const { userId } = request.session;
  if (userId === undefined) return response.status(401).json({ error: 'Log in first.' });
  response.json({ user: userId });
});

// What is added: wallets and their sessions.
const walletSessions = createWalletSessions({
  store: await openRedisStore({ url: REDIS_URL, keyPrefix: 'wallets' }),
  keys: [{ id: 'example', secret: Buffer.from(SESSION_KEY) }],
  origins: [ORIGIN],
  hooks: {
    // Over HTTP the request is that of Express, with the session of whoever is logged in.
    linkUser: ({ request }) => request?.session?.userId,
  },
});
const apollo = new ApolloServer({
  schema: buildWalletSessionsSchema(),
  ...createDocumentRules(),
  includeStacktraceInErrorResponses: false,
  stopOnTerminationSignals: false,
});
await apollo.start();
const contextOf = createContextFunction(walletSessions);
app.use('/graphql', expressMiddleware(apollo, { context: ({ req }) => contextOf(req) }));

app.get('/wallet', requireWalletSession(walletSessions), (request, response) => {
  const { wallet, userId = null } = request.walletSession;
  response.json({ wallet, user: userId });
});

// Logging out the user leaves the wallet signed in, unless asked: ?wallet=too.
app.post('/logout', optionalWalletSession(walletSessions), async (request, response, next) => {
  const { walletSession, query } = request;
  const { userId } = request.session;
  // Only a session that is linked to this very user: the browser may still hold somebody else's.
  if (query.wallet === 'too' && walletSession !== undefined && walletSession.userId === userId) {
    const source = walletSessions.sourceOf(request);
    await walletSessions.sessions.logout(walletSession, walletSession.id, source);
  }
  request.session.destroy((error) => {
    if (error) return next(error);
    response.sendStatus(204);
  });
});

const http = app.listen(PORT, () => {
  console.log(`http://localhost:${http.address().port}`);
});

process.once('SIGTERM', () => {
  http.close(async () => {
    await apollo.stop();
    await walletSessions.close();
    await redis.close();
  });
});
