// What an application in TypeScript reads out of the declarations, as an ECMAScript module.
import express, { type Request } from 'express';
import { createWalletSessions, type OpenStore, type Session } from 'wallet-sessions';
import { requireWalletSession, walletSessionOf } from 'wallet-sessions/express';
import { createContextFunction, type WalletSessionsContext } from 'wallet-sessions/graphql';

export function createApp(store: OpenStore) {
  const walletSessions = createWalletSessions({
    store,
    keys: [],
    origins: ['https://app.example.com'],
    sessions: { limit: 3, onLimit: 'refuse-new' },
  });
  const app = express();
  app.get('/me', requireWalletSession(walletSessions), (request, response) => {
    const session: Session = walletSessionOf(request);
    const same: Session | undefined = request.walletSession;
    response.json({ wallet: session.wallet, since: same?.createdAt });
  });
  const context: (request: Request) => Promise<WalletSessionsContext> =
    createContextFunction(walletSessions);
  // @ts-expect-error A policy that there is not.
  const unknown: Parameters<typeof createWalletSessions>[0]['sessions'] = { limits: 3 };
  return { app, context, unknown };
}
