import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { AnswerHeaders } from '../http/cookies/put-cookies.js';
import type { ValidationOptions } from '../http/validation-options.js';
import { WalletSessionsError } from '../errors.js';
import { bearerToken, mistakeInToken } from '../http/credential.js';
import { REFUSAL_STATUS } from '../http/refusal-status.js';
import type { Validated } from '../lifecycle/validate.js';
import type { Session } from '../sessions/session.js';
import { answerWithError } from './answer.js';
import { attachSession } from './request-session.js';

declare global {
  // Where the types of Express 4 and 5 both let a middleware add to the request.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** The wallet's session, once `requireWalletSession` or `optionalWalletSession` has let it through. */
      walletSession?: Session | undefined;
    }
  }
}

/** What the middleware needs of `WalletSessions`. */
export interface RequestValidation {
  validateRequest(
    request: Request,
    response: AnswerHeaders,
    options?: ValidationOptions,
  ): Validated;
  readonly report: (error: unknown) => void;
}

/**
 * Middleware that lets only requests with a valid session through, as `request.walletSession`. Any other is
 * answered with a problem document (RFC 9457): 401 `UNAUTHENTICATED`, or 503 `SERVICE_UNAVAILABLE` where
 * the store does not answer, since a session that cannot be checked is not let in. Where sessions are in cookies,
 * also 403 `ORIGIN_NOT_ALLOWED` and 429 `RATE_LIMITED`; new cookies go with the answer.
 * @param options `refresh: false` where the answer's `Set-Cookie` does not reach the browser, such as behind nginx
 * `auth_request`
 * @throws TypeError for what are no wallet sessions
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
    // RFC 6750 §3: the error is named only to who has tried.
    const tried = request.headers.authorization !== undefined;
    const challenge = tried ? 'Bearer error="invalid_token"' : 'Bearer';
    answerWithError(response, unauthenticated(request), walletSessions.report, challenge);
  });
}

/**
 * Middleware that lets every request through, with `request.walletSession` where it has a valid session. Where
 * the store does not answer it answers 503, like {@link requireWalletSession}: who is signed in
 * must not be taken for somebody who is not. Only a page of another origin than the allowed ones is nobody
 * here, whatever cookies its visitor has.
 * @param options as of {@link requireWalletSession}
 * @throws TypeError for what are no wallet sessions
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
 * The session of a request that {@link requireWalletSession} has let through.
 * @throws WalletSessionsError `UNAUTHENTICATED` where there is none
 */
export function walletSessionOf(request: Request): Session {
  const { walletSession } = request;
  if (walletSession === undefined) throw unauthenticated(request);
  return walletSession;
}

/** The message says if the token cannot be one, like `Bearer undefined`. */
function unauthenticated({ headers }: Request): WalletSessionsError {
  const mistake = mistakeInToken(bearerToken(headers.authorization));
  return new WalletSessionsError('UNAUTHENTICATED', mistake);
}

type Admission = (
  session: Session | undefined,
  request: Request,
  response: Response,
  next: NextFunction,
) => void;

/**
 * Validates at once where it can: a promise would cost the request a turn of the event loop.
 * @param isNobody whether who is refused is let through without a session
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
    validated.then(
      (session) => {
        proceed(session, request, response, next);
      },
      (error: unknown) => {
        if (!isRefusal(error)) next(error);
        else if (isNobody(error)) proceed(undefined, request, response, next);
        else answerWithError(response, error, walletSessions.report);
      },
    );
  };
}

/** What keeps a session from being validated has a status of its own; anything else is a defect. */
const isRefusal = (error: unknown): error is WalletSessionsError =>
  error instanceof WalletSessionsError && REFUSAL_STATUS[error.code] !== undefined;

/** The middleware itself in its place, `app.use(requireWalletSession)`, would be called with a request and hang it. */
function assertGiven(walletSessions: Partial<RequestValidation> | undefined): void {
  if (typeof walletSessions?.validateRequest === 'function') return;
  throw new TypeError(
    'The middleware needs the wallet sessions: requireWalletSession(walletSessions), optionalWalletSession(walletSessions).',
  );
}
