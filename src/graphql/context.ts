import type { IncomingMessage } from 'node:http';
import type { RequestReader } from '../request/reader.js';
import { refuse } from './errors.js';
import { createScopeFactory } from './operation-scope.js';
import { servicesOf, type WalletSessionsContext, type WalletSessionsServices } from './scope.js';

/**
 * Makes the function that gives an operation over HTTP its context, for Apollo Server under any framework
 * that hands on the request of `node:http`. Spread what it returns into the application's own context.
 * @throws GraphQLError `SERVICE_UNAVAILABLE` from the function, with its HTTP status
 */
export function createContextFunction(walletSessions: WalletSessionsServices & RequestReader) {
  const scopeFor = createScopeFactory(servicesOf(walletSessions));
  return async (request: IncomingMessage): Promise<WalletSessionsContext> => {
    const credential = walletSessions.credentialOf(request);
    const source = walletSessions.sourceOf(request);
    const { origin } = request.headers;
    const scope = scopeFor(credential, source, { origin, request });
    return { walletSessions: await Promise.resolve(scope).catch(refuse) };
  };
}
