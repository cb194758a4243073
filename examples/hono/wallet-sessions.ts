// Wallet sessions as Hono middleware: `c.var.walletSession`, and problem documents.
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { WalletSessionsError, type Session } from 'wallet-sessions';
import type { FetchApi } from 'wallet-sessions/fetch';

/** What a route finds in its context: the request of Node.js, and the session. */
export interface WalletSessionEnv<Found extends Session | undefined = Session> {
  Bindings: HttpBindings;
  Variables: { walletSession: Found };
}

/** Lets every request through, with its session if it has a valid one. */
export function walletSession(
  api: FetchApi,
): MiddlewareHandler<WalletSessionEnv<Session | undefined>> {
  return async (c, next) => {
    try {
      const { session, addTo } = await api.open(c.env.incoming);
      c.set('walletSession', session);
      await next();
      addTo(c.res);
    } catch (error) {
      c.res = api.refuse(error, c.env.incoming);
    }
  };
}

/** Lets requests with a valid session through. */
export function requireWalletSession(api: FetchApi): MiddlewareHandler<WalletSessionEnv> {
  return async (c, next) => {
    const optional = walletSession(api);
    return optional(c as never, async () => {
      const session = c.var.walletSession as Session | undefined;
      if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
      await next();
    });
  };
}
