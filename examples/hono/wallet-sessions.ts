// Wallet sessions as Hono middleware: `c.var.walletSession`, and problem documents.
import type { MiddlewareHandler } from 'hono';
import { getConnInfo } from '@hono/node-server/conninfo';
import { WalletSessionsError, type Session } from 'wallet-sessions';
import type { FetchApi } from 'wallet-sessions/fetch';

/** Lets every request through, with its session if it has a valid one. */
export function walletSession(
  api: FetchApi,
): MiddlewareHandler<{ Variables: { walletSession: Session | undefined } }> {
  return async (c, next) => {
    const remoteAddress = getConnInfo(c).remote.address;
    try {
      const { session, addTo } = await api.open(c.req.raw, { remoteAddress });
      c.set('walletSession', session);
      await next();
      addTo(c.res.headers);
    } catch (error) {
      c.res = api.refuse(error, c.req.raw);
    }
  };
}

/** Lets requests with a valid session through. */
export function requireWalletSession(
  api: FetchApi,
): MiddlewareHandler<{ Variables: { walletSession: Session } }> {
  return async (c, next) => {
    const optional = walletSession(api);
    return optional(c as never, async () => {
      const session = c.var.walletSession as Session | undefined;
      if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
      await next();
    });
  };
}
