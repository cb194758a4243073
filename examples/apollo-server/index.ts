// An Apollo Server in Express 5 whose schema is made of type-graphql classes, with wallet sessions added to it. Build it
// like your own code: type-graphql needs `experimentalDecorators` and `emitDecoratorMetadata`. Subscriptions are served on
// the same port.
//
//   npm run build && npx esbuild examples/apollo-server/index.ts --format=esm | node --input-type=module
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { Authorized, buildSchema, Ctx, Query, Resolver } from 'type-graphql';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import {
  addWalletSessions,
  createContextFunction,
  createDocumentRules,
  currentSession,
  requireSession,
  type WalletSessionsContext,
} from 'wallet-sessions/graphql';
import { serveSubscriptions } from 'wallet-sessions/websocket';

interface Context extends WalletSessionsContext {
  readonly greeting: string;
}

@Resolver()
class GreetingResolver {
  /** `@Authorized()` asks for a wallet session, through `requireSession`. */
  @Authorized()
  @Query(() => String)
  greeting(@Ctx() { greeting, walletSessions }: Context): string {
    return `${greeting}, ${currentSession(walletSessions).wallet}`;
  }
}

const { PORT = '3000', ORIGIN = `http://localhost:${PORT}` } = process.env;
const directory = await mkdtemp(join(tmpdir(), 'wallet-sessions-example-'));
const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory }),
  keys: [{ id: 'example', secret: Buffer.alloc(32, 'use a secret of your own') }],
  origins: [ORIGIN],
});
const schema = addWalletSessions(
  await buildSchema({ resolvers: [GreetingResolver], authChecker: requireSession }),
);

const app = express();
const http = createServer(app);
const greeting = 'Hello';
const sockets = serveSubscriptions(http, {
  walletSessions,
  schema,
  context: (context): Context => ({ ...context, greeting }),
});
const apollo = new ApolloServer<Context>({
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
    context: async ({ req }) => ({ ...(await contextOf(req)), greeting }),
  }),
);
http.listen(PORT, () => {
  console.log(`http://localhost:${(http.address() as AddressInfo).port}`);
});

async function stop() {
  await sockets.close();
  await apollo.stop();
  await walletSessions.close();
  await rm(directory, { recursive: true });
}
process.once('SIGTERM', () => void stop());
