import { type AuthCheckerFn, createMethodMiddlewareDecorator } from 'type-graphql';
import { WalletSessionsError } from '../errors.js';
import type { Session } from '../sessions/session.js';
import type { RequestContext, WalletSessionsContext } from './context.js';
import { keepPrivate } from './request-scope.js';

/** The session of the operation. @throws WalletSessionsError `UNAUTHENTICATED` */
export function currentSession({ session, mistake }: RequestContext): Session {
  if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED', mistake);
  return session;
}

/**
 * Auth checker of `@Authorized()` fields: requires a valid session. The answer is kept out of shared caches
 * ({@link keepPrivate}). @throws WalletSessionsError `UNAUTHENTICATED`
 */
export const requireSession: AuthCheckerFn<WalletSessionsContext> = ({ context, info }) => {
  keepPrivate(info);
  currentSession(context.walletSessions);
  return true;
};

/**
 * Returns the session of the operation if its wallet signed within the last `window` milliseconds (default: the
 * configured `freshWindow`, 5 minutes). For resolvers of any schema.
 * @throws WalletSessionsError `UNAUTHENTICATED`, `REAUTHENTICATION_REQUIRED`
 */
export function freshlyAuthenticated(context: RequestContext, window?: number): Session {
  const session = currentSession(context);
  if (!context.sessions.isFresh(session, window)) {
    throw new WalletSessionsError('REAUTHENTICATION_REQUIRED');
  }
  return session;
}

/**
 * A type-graphql decorator: resolves the field only if the wallet signed within the last `window` milliseconds
 * (default: the configured `freshWindow`, 5 minutes). A client that gets REAUTHENTICATION_REQUIRED signs a new
 * challenge, calls `reauthenticate` and repeats the operation.
 */
export function FreshAuthentication(window?: number): MethodDecorator {
  return createMethodMiddlewareDecorator<WalletSessionsContext>(({ context, info }, next) => {
    keepPrivate(info);
    freshlyAuthenticated(context.walletSessions, window);
    return next();
  });
}
