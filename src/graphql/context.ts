import type { IncomingMessage } from 'node:http';
import type { OpenCookieSession } from '../http/cookies/cookie-session.js';
import type { AnswerHeaders } from '../http/cookies/put-cookies.js';
import type { RequestReader } from '../http/reader.js';
import { createRequestContextFactory } from './operation-scope.js';
import { openRequestContext } from './request-scope.js';
import { servicesOf, type WalletSessionsContext, type WalletSessionsServices } from './scope.js';

/** What the context function needs of `WalletSessions`. */
export interface ContextSources extends WalletSessionsServices, Pick<RequestReader, 'sourceOf'> {
  readonly openCookieSession?: OpenCookieSession | undefined;
}

/**
 * Makes the function that gives an operation over HTTP its context, for Apollo Server under any framework
 * that hands on the request of `node:http`, and its response where sessions are in cookies. Spread what it
 * returns into the application's own context.
 * @throws GraphQLError from the function, with its HTTP status: `SERVICE_UNAVAILABLE`; of a session in cookies
 * also `ORIGIN_NOT_ALLOWED`, `RATE_LIMITED`
 */
export function createContextFunction(walletSessions: ContextSources) {
  const { openCookieSession, report } = walletSessions;
  const services = servicesOf(walletSessions);
  const options = {
    services,
    contextFor: createRequestContextFactory(services),
    openCookieSession,
    report,
  };
  return async (
    request: IncomingMessage,
    response?: AnswerHeaders,
  ): Promise<WalletSessionsContext> => {
    const source = walletSessions.sourceOf(request);
    return { walletSessions: await openRequestContext(options, request, response, source) };
  };
}
