import type { OperationScope, WalletSessionsServices } from '../graphql/scope.js';
import type { Credential } from '../session/lifecycle/validate.js';
import type { RequestSource } from '../session/session.js';

type Transport = Pick<OperationScope, 'origin' | 'closeAfter'>;

/** Makes the scope of an operation, with its session validated, for HTTP and WebSocket alike. */
export type ScopeFactory = (
  credential: Credential | undefined,
  source: RequestSource,
  transport?: Transport,
) => Promise<OperationScope>;

/** @throws WalletSessionsError `SERVICE_UNAVAILABLE` from the function */
export function createScopeFactory(services: WalletSessionsServices): ScopeFactory {
  return async (credential, source, transport = {}) => {
    const session = await services.sessions.validate(credential, source);
    return { ...services, ...transport, session, source };
  };
}
