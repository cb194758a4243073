import type { AuthCheckerFn } from 'type-graphql';
import { WalletSessionsError } from '../errors.js';
import type { Session } from '../sessions/session.js';
import type { RequestContext, WalletSessionsContext } from './scope.js';

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
