import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { WalletSessionsError } from '../errors.js';
import type { Validated } from '../session/lifecycle/validate.js';
import type { Session } from '../session/session.js';
import { answerWithProblem } from './problem.js';

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
  validateRequest(request: Request): Validated;
  readonly report: (error: unknown) => void;
}

/**
 * Middleware that lets only requests with a valid session through, as `request.walletSession`. Any other is
 * answered with a problem document (RFC 9457): 401 `UNAUTHENTICATED`, or 503 `SERVICE_UNAVAILABLE` where
 * the store does not answer, since a session that cannot be checked is not let in.
 */
export function requireWalletSession(walletSessions: RequestValidation): RequestHandler {
  return middleware(walletSessions, (session, request, response, next) => {
    if (session !== undefined) {
      next();
      return;
    }
    // RFC 6750 §3: the error is named only to who has tried.
    const tried = request.headers.authorization !== undefined;
    response.set('WWW-Authenticate', tried ? 'Bearer error="invalid_token"' : 'Bearer');
    answerWithProblem(response, 401, 'Unauthorized', 'UNAUTHENTICATED');
  });
}

/**
 * Middleware that lets every request through, with `request.walletSession` where it has a valid session. Where
 * the store does not answer it answers 503, like {@link requireWalletSession}: who is signed in
 * must not be taken for somebody who is not.
 */
export function optionalWalletSession(walletSessions: RequestValidation): RequestHandler {
  return middleware(walletSessions, (_session, _request, _response, next) => {
    next();
  });
}

/**
 * The session of a request that {@link requireWalletSession} has let through.
 * @throws WalletSessionsError `UNAUTHENTICATED` where there is none
 */
export function walletSessionOf({ walletSession }: Request): Session {
  if (walletSession === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
  return walletSession;
}

type Admission = (
  session: Session | undefined,
  request: Request,
  response: Response,
  next: NextFunction,
) => void;

/** Validates at once where it can: a promise would cost the request a turn of the event loop. */
function middleware(walletSessions: RequestValidation, admit: Admission): RequestHandler {
  const proceed: Admission = (session, request, response, next) => {
    request.walletSession = session;
    admit(session, request, response, next);
  };
  return (request, response, next) => {
    const validated = walletSessions.validateRequest(request);
    if (!(validated instanceof Promise)) {
      proceed(validated, request, response, next);
      return;
    }
    validated.then(
      (session) => {
        proceed(session, request, response, next);
      },
      (error: unknown) => {
        if (error instanceof WalletSessionsError && error.code === 'SERVICE_UNAVAILABLE') {
          walletSessions.report(error.cause ?? error);
          answerWithProblem(response, 503, 'Service Unavailable', 'SERVICE_UNAVAILABLE');
        } else next(error);
      },
    );
  };
}
