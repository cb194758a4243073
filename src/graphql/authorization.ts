import { type AuthCheckerFn, createMethodMiddlewareDecorator } from 'type-graphql';
import { WalletSessionsError } from '../errors.js';
import type { Session } from '../sessions/session.js';
import type { RequestContext, WalletSessionsContext } from './context.js';

/** The session of the operation. @throws WalletSessionsError `UNAUTHENTICATED` */
export function currentSession({ session }: RequestContext): Session {
  if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
  return session;
}

/** Lets an `@Authorized()` field be resolved where the operation has a valid session. */
export const requireSession: AuthCheckerFn<WalletSessionsContext> = ({ context }) => {
  currentSession(context.walletSessions);
  return true;
};

/**
 * The session of the operation, whose wallet signed within the last `window` milliseconds (default: as
 * configured, 5 minutes). For resolvers of any schema.
 * @throws WalletSessionsError `UNAUTHENTICATED`, `REAUTHENTICATION_REQUIRED`
 */
export function freshlyAuthenticated(scope: RequestContext, window?: number): Session {
  const session = currentSession(scope);
  if (!scope.sessions.isFresh(session, window)) {
    throw new WalletSessionsError('REAUTHENTICATION_REQUIRED');
  }
  return session;
}

/**
 * A type-graphql decorator: the field is resolved only where the wallet signed within the last `window`
 * milliseconds (default: as configured, 5 minutes). A client that is answered REAUTHENTICATION_REQUIRED
 * signs a new challenge, calls `reauthenticate` and repeats.
 */
export function FreshAuthentication(window?: number): MethodDecorator {
  return createMethodMiddlewareDecorator<WalletSessionsContext>(({ context }, next) => {
    freshlyAuthenticated(context.walletSessions, window);
    return next();
  });
}
