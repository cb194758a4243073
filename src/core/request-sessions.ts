import type { IncomingMessage } from 'node:http';
import type { OpenCookieSession, TokenCookies } from '../http/cookies/cookie-session.js';
import { putCookiesOn, type AnswerHeaders } from '../http/cookies/put-cookies.js';
import type { RequestReader } from '../http/reader.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import type { Validated } from '../lifecycle/validate.js';

/** The sessions that requests come with, whatever framework they came through. */
export interface RequestSessions {
  /**
   * The session that a request comes with; `undefined` for a request without a valid one. At once where it
   * is known at once: `await` takes both.
   * @param response takes new cookies along; needed where sessions are in cookies
   * @throws WalletSessionsError from the promise: `SERVICE_UNAVAILABLE` where the store does not answer; of a
   * session in cookies also `ORIGIN_NOT_ALLOWED`, `RATE_LIMITED`
   */
  validateRequest(request: IncomingMessage, response?: AnswerHeaders): Validated;
  /**
   * The cookies of the page that asks, for an application that signs in outside of GraphQL: `grant` gives them
   * tokens, `clear` takes them away. `undefined` for whoever gets tokens in the answer.
   * @throws WalletSessionsError from the promise, like `validateRequest`
   */
  cookiesOf(request: IncomingMessage, response: AnswerHeaders): Promise<TokenCookies | undefined>;
  /** For a server that is not of `node:http`; `undefined` where sessions are not in cookies. */
  readonly openCookieSession: OpenCookieSession | undefined;
}

export function createRequestSessions(
  sessions: Pick<SessionLifecycle, 'validate'>,
  reader: RequestReader,
  openCookieSession: OpenCookieSession | undefined,
): RequestSessions {
  const validateBearer = (request: IncomingMessage) =>
    sessions.validate(reader.credentialOf(request), () => reader.sourceOf(request));
  if (openCookieSession === undefined) {
    return {
      validateRequest: validateBearer,
      cookiesOf: () => Promise.resolve(undefined),
      openCookieSession,
    };
  }
  const open = async (request: IncomingMessage, response: AnswerHeaders | undefined) =>
    openCookieSession(request, reader.sourceOf(request), putCookiesOn(response));
  return {
    validateRequest: (request, response) =>
      reader.credentialOf(request) === undefined
        ? open(request, response).then((opened) => opened?.session)
        : validateBearer(request),
    cookiesOf: async (request, response) => (await open(request, response))?.cookies,
    openCookieSession,
  };
}
