import type { OperationScope, WalletSessionsServices } from '../graphql/scope.js';
import type { RequestSource, Session } from '../session/session.js';

type Transport = Pick<OperationScope, 'origin' | 'closeAfter'>;

/** Validates the session of an operation: by its token, or anew by the session of its socket. */
export type ScopeFactory = (
  credential: string | Session | undefined,
  source: RequestSource,
  transport?: Transport,
) => Promise<OperationScope>;

/**
 * The one place where a session is validated, for HTTP and WebSocket alike: once per operation.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the function: a session that cannot be checked
 * is not let in, and not taken for none either
 */
export function createScopeFactory(services: WalletSessionsServices): ScopeFactory {
  const { sessions } = services;
  const validate = async (credential: string | Session | undefined) => {
    if (credential === undefined) return undefined;
    return typeof credential === 'string'
      ? sessions.authenticate(credential)
      : sessions.resume(credential);
  };
  return async (credential, source, transport = {}) => {
    const session = await validate(credential);
    if (session !== undefined) sessions.lastSeen.note(session, source);
    return { ...services, ...transport, session, source };
  };
}
