// An Apollo Server in Express 5 whose schema is made of type-graphql classes, the application's and those of
// the wallet sessions. Build it as your own code is built: type-graphql needs `experimentalDecorators` and
// `emitDecoratorMetadata`. Subscriptions are served on the same port.
import 'reflect-metadata';
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { Authorized, buildSchema, Ctx, Query, Resolver } from 'type-graphql';
import { createWalletSessions, type OpenStore } from 'wallet-sessions';
import {
  createContextFunction,
  currentSession,
  requireSession,
  unusedPubSub,
  walletSessionsResolvers,
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

export async function startApplication(store: OpenStore, origin: string, port = 0) {
  const walletSessions = createWalletSessions({
    store,
    keys: [{ id: 'example', secret: Buffer.alloc(32, 'use a secret of your own') }],
    origins: [origin],
  });
  const schema = await buildSchema({
    resolvers: [GreetingResolver, ...walletSessionsResolvers],
    authChecker: requireSession,
    pubSub: unusedPubSub,
    validate: false,
  });

  const app = express();
  const http = createServer(app);
  const greeting = 'Hello';
  const sockets = serveSubscriptions(http, {
    walletSessions,
    schema,
    origins: [origin],
    context: (context): Context => ({ ...context, greeting }),
  });
  const apollo = new ApolloServer<Context>({
    schema,
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
  await new Promise<void>((resolve) => http.listen(port, resolve));

  return {
    http,
    async stop() {
      await sockets.close();
      await apollo.stop();
      await walletSessions.close();
    },
  };
}
