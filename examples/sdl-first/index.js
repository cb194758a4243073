// An Apollo Server whose schema is written as SDL, with wallet sessions added to it. Subscriptions are served on the same
// port.
//
//   npm run build && node examples/sdl-first/index.js
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { makeExecutableSchema } from '@graphql-tools/schema';
import express from 'express';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import {
  addWalletSessions,
  createContextFunction,
  createDocumentRules,
  currentSession,
} from 'wallet-sessions/graphql';
import { serveSubscriptions } from 'wallet-sessions/websocket';

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env;

// What was there before: a schema of the application's own.
const typeDefs = `
  type Query {
    greeting: String!
  }
`;
const resolvers = {
  Query: {
    // It answers UNAUTHENTICATED by itself where there is no session.
    greeting: (_root, _args, { greeting, walletSessions }) =>
      `${greeting}, ${currentSession(walletSessions).wallet}`,
  },
};
const context = { greeting: 'Hello' };

// What is added.
const directory = await mkdtemp(join(tmpdir(), 'wallet-sessions-example-'));
const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory }),
  keys: [{ id: 'example', secret: Buffer.alloc(32, 'use a secret of your own') }],
  origins: [ORIGIN],
});
const schema = addWalletSessions(makeExecutableSchema({ typeDefs, resolvers }));

const app = express();
const http = createServer(app);
const sockets = serveSubscriptions(http, {
  walletSessions,
  schema,
  context: (scope) => ({ ...scope, ...context }),
});
const apollo = new ApolloServer({
  schema,
  ...createDocumentRules(),
  includeStacktraceInErrorResponses: false,
  stopOnTerminationSignals: false,
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer: http })],
});
await apollo.start();
const contextOf = createContextFunction(walletSessions);
app.use(
  '/graphql',
  express.json(),
  expressMiddleware(apollo, {
    context: async ({ req }) => ({ ...(await contextOf(req)), ...context }),
  }),
);
http.listen(PORT, () => {
  console.log(`http://localhost:${http.address().port}`);
});

process.once('SIGTERM', async () => {
  await sockets.close();
  await apollo.stop();
  await walletSessions.close();
  await rm(directory, { recursive: true });
});
