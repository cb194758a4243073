import type { OperationScope, WalletSessionsServices } from './scope.js';
import type { Connection } from '../lifecycle/connect.js';
import type { RequestSource, Session } from '../sessions/session.js';

type Transport = Pick<
  OperationScope,
  'origin' | 'request' | 'cookies' | 'closeAfter' | 'reauthenticated'
>;

/**
 * Makes the scope of an operation, with its session validated, for HTTP and WebSocket alike; at once where
 * the session is known at once.
 */
export type ScopeFactory = (
  credential: string | Connection | undefined,
  source: RequestSource,
  transport?: Transport,
) => OperationScope | Promise<OperationScope>;

/** @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the promise */
export function createScopeFactory(services: WalletSessionsServices): ScopeFactory {
  const { sessions, signIn, auditLog, statistics, administration, report } = services;
  return (credential, source, { origin, request, cookies, closeAfter, reauthenticated } = {}) => {
    // Field by field: copying with `...` takes longer than all the rest of this.
    const scopeOf = (session: Session | undefined): OperationScope => ({
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
