import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import type { ResponseHeaders } from '../http/cookies/put-cookies.js';
import type { ValidationOptions } from '../http/reader.js';
import { WalletSessionsError } from '../errors.js';
import { challengeOf, credentialOf, mistakeInToken } from '../http/credential.js';
import { REFUSAL_STATUS } from '../http/refusal.js';
import type { Validated } from '../lifecycle/validate.js';
import type { Session } from '../sessions/session.js';
import { attachSession } from './request-session.js';
import { problemOf } from '../http/problem.js';

declare global {
  // The types of Express 4 and 5 both let middleware extend this namespace.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** The session, set by `requireWalletSession` and, if there is one, by `optionalWalletSession`. */
      walletSession?: Session | undefined;
    }
  }
}

/** The part of `WalletSessions` that the middleware uses. */
export interface RequestValidation {
  validateRequest(
    request: Request,
    response: ResponseHeaders,
    options?: ValidationOptions,
  ): Validated;
  readonly report: (error: unknown) => void;
}

/**
 * Middleware that requires a valid session and sets `request.walletSession`. Other requests are answered with a problem
 * document (RFC 9457): 401 `UNAUTHENTICATED`, or 503 `SERVICE_UNAVAILABLE` if the store does not answer, because a session
 * that cannot be checked is not accepted. If sessions are in cookies, also 403 `ORIGIN_NOT_ALLOWED` and 429
 * `RATE_LIMITED`; new cookies are added to the response.
 * @param options `refresh: false` if the response's `Set-Cookie` does not reach the browser, for example behind nginx
 * `auth_request`
 * @throws TypeError if the argument is not the result of `createWalletSessions`
 */
export function requireWalletSession(
  walletSessions: RequestValidation,
  options?: ValidationOptions,
): RequestHandler {
  return middleware(walletSessions, options, (session, request, response, next) => {
    if (session !== undefined) {
      next();
      return;
    }
    const challenge = challengeOf(request.headers.authorization);
    answerWithError(response, unauthenticated(request), walletSessions.report, challenge);
  });
}

/**
 * Middleware that sets `request.walletSession` if the request has a valid session, and passes every request on. If the
 * store does not answer, it answers 503 like {@link requireWalletSession}: a signed-in user must not be mistaken for an
 * anonymous one. A request by a page of another origin is anonymous, even if it carries cookies.
 * @param options see {@link requireWalletSession}
 * @throws TypeError if the argument is not the result of `createWalletSessions`
 */
export function optionalWalletSession(
  walletSessions: RequestValidation,
  options?: ValidationOptions,
): RequestHandler {
  return middleware(
    walletSessions,
    options,
    (_session, _request, _response, next) => {
      next();
    },
    (error) => error.code === 'ORIGIN_NOT_ALLOWED',
  );
}

/**
 * Returns the session of a request behind {@link requireWalletSession}.
 * @throws WalletSessionsError `UNAUTHENTICATED` if the request has no session
 */
export function walletSessionOf(request: Request): Session {
  const { walletSession } = request;
  if (walletSession === undefined) throw unauthenticated(request);
  return walletSession;
}

/** The message says if the token is malformed, such as `Bearer undefined`. */
function unauthenticated(request: Request): WalletSessionsError {
  const mistake = mistakeInToken(credentialOf(request));
  return new WalletSessionsError('UNAUTHENTICATED', mistake);
}

type Admission = (
  session: Session | undefined,
  request: Request,
  response: Response,
  next: NextFunction,
) => void;

/**
 * Validates synchronously if possible: a promise would cost the request a turn of the event loop.
 * @param isNobody whether a refused request is passed on without a session
 */
function middleware(
  walletSessions: RequestValidation,
  options: ValidationOptions | undefined,
  admit: Admission,
  isNobody: (error: WalletSessionsError) => boolean = () => false,
): RequestHandler {
  assertGiven(walletSessions);
  const proceed: Admission = (session, request, response, next) => {
    attachSession(request, session);
    admit(session, request, response, next);
  };
  return (request, response, next) => {
    const validated = walletSessions.validateRequest(request, response, options);
    if (!(validated instanceof Promise)) {
      proceed(validated, request, response, next);
      return;
    }
    validated
      .then(
        (session) => {
          proceed(session, request, response, next);
        },
        (error: unknown) => {
          if (!isRefusal(error)) next(error);
          else if (isNobody(error)) proceed(undefined, request, response, next);
          else answerWithError(response, error, walletSessions.report);
        },
      )
      .catch(next);
  };
}

/** Errors of validation have a status. Any other error is a defect. */
const isRefusal = (error: unknown): error is WalletSessionsError =>
  error instanceof WalletSessionsError && REFUSAL_STATUS[error.code] !== undefined;

/** Rejects `app.use(requireWalletSession)`, which would be called with a request and never answer it. */
function assertGiven(walletSessions: Partial<RequestValidation> | undefined): void {
  if (typeof walletSessions?.validateRequest === 'function') return;
  throw new TypeError(
    'The middleware needs the wallet sessions: requireWalletSession(walletSessions), optionalWalletSession(walletSessions).',
  );
}

/**
 * Answers with a problem document (RFC 9457), whose `code` is one of `ERROR_CODES`, and `Retry-After` where the time is
 * known. Reports what the client is not told: the cause, if the error has one.
 * @param challenge what goes with 401 (RFC 9110, section 15.5.2)
 */
function answerWithError(
  response: Response,
  error: WalletSessionsError,
  report: (error: unknown) => void,
  challenge = 'Bearer',
): void {
  const { status, headers, document, toReport } = problemOf(error, undefined, challenge);
  if (toReport !== undefined) report(toReport);
  // Answered meanwhile, for example by a timeout of the application.
  if (response.writableEnded) return;
  response.status(status).set(headers).send(JSON.stringify(document));
}

/**
 * Error handler for `app.use`, after the routes. Answers a `WalletSessionsError` of a route with a problem document
 * (RFC 9457), like the middleware, and with `Retry-After` if the time is known. Passes every other error to the next
 * handler. In Express 4, routes must pass rejections to `next`.
 */
export function walletSessionsErrorHandler({
  report,
}: Pick<RequestValidation, 'report'>): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (!(error instanceof WalletSessionsError) || response.headersSent) next(error);
    else answerWithError(response, error, report);
  };
}
