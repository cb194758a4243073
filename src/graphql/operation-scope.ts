import type { RequestContext, WalletSessionsServices } from './scope.js';
import type { Connection } from '../lifecycle/connect.js';
import type { ClientInfo, Session } from '../sessions/session.js';

type Transport = Pick<
  RequestContext,
  'origin' | 'request' | 'cookies' | 'closeAfter' | 'reauthenticated'
>;

/**
 * Makes the scope of an operation, with its session validated, for HTTP and WebSocket alike; at once where
 * the session is known at once.
 */
export type RequestContextFactory = (
  credential: string | Connection | undefined,
  source: ClientInfo,
  transport?: Transport,
) => RequestContext | Promise<RequestContext>;

/** @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the promise */
export function createRequestContextFactory(
  services: WalletSessionsServices,
): RequestContextFactory {
  const { sessions, signIn, auditLog, statistics, administration, report } = services;
  return (credential, source, { origin, request, cookies, closeAfter, reauthenticated } = {}) => {
    // Field by field: copying with `...` takes longer than all the rest of this.
    const scopeOf = (session: Session | undefined): RequestContext => ({
      sessions,
      signIn,
      auditLog,
      statistics,
      administration,
      report,
      session,
      source,
      origin,
      request,
      cookies,
      closeAfter,
      reauthenticated,
    });
    const session =
      typeof credential === 'object'
        ? credential.validate(source)
        : sessions.validate(credential, source);
    return session instanceof Promise ? session.then(scopeOf) : scopeOf(session);
  };
}
