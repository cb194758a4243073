import { credentialOf, mistakeInToken } from '../http/credential.js';
import { problemOf } from '../http/problem.js';
import { WalletSessionsError } from '../errors.js';
import type { RequestHead } from '../http/reader.js';
import type { Validated } from '../lifecycle/validate.js';
import { createRestApi, type RestSources } from '../rest/api.js';
import type { Session } from '../sessions/session.js';
import { readJsonBody } from './body.js';
import {
  responseHeadersOf,
  httpRequestOf,
  type FetchClient,
  type FetchRequest,
} from './request.js';

/** The session of a request, and what the response to it must have. */
export interface OpenedSession {
  readonly session: Session | undefined;
  /** Adds new cookies and `Cache-Control` to the response, if the session was refreshed. */
  readonly addTo: (response: Pick<Response, 'headers'>) => void;
}

/** Options of {@link createFetchApi}. */
export interface FetchApiOptions {
  /** The path under which `handler` serves the API. Default `/api`. */
  readonly basePath?: string | undefined;
  /** Maximum length of a body, in bytes. Default 100,000. */
  readonly bodyLimit?: number | undefined;
}

/**
 * Wallet sessions for servers that take a web-standard `Request` and give a `Response`. A `client` that is passed with a
 * request of `node:http` is ignored: that request has the address of its connection.
 */
export interface FetchApi {
  /**
   * Serves the REST API: `POST /challenge`, `/sign-in`, `/refresh`, `/reauthenticate`, `/logout` and `/logout-all`,
   * `GET /session`, `/sessions` and `/openapi.json`. Errors are problem documents (RFC 9457). Never rejects.
   */
  handler(request: Request, client?: FetchClient): Promise<Response>;
  /**
   * The session of a request, or `undefined` without a valid one; at once where it is in memory and not in cookies.
   * Never refreshes: for server components, and other places that cannot set cookies.
   * @throws WalletSessionsError from the promise: `SERVICE_UNAVAILABLE`; for a session in cookies also
   * `ORIGIN_NOT_ALLOWED`
   */
  validate(request: FetchRequest, client?: FetchClient): Validated;
  /**
   * Like `validate`, and refreshes a session in cookies whose refresh window has opened.
   * @throws WalletSessionsError from the promise, like `validate`, and `RATE_LIMITED`
   */
  open(request: Request | RequestHead, client?: FetchClient): Promise<OpenedSession>;
  /**
   * The session of a request.
   * @throws WalletSessionsError from the promise, like `validate`, and `UNAUTHENTICATED` without a valid session
   */
  require(request: FetchRequest, client?: FetchClient): Promise<Session>;
  /**
   * Answers an error of this package with a problem document; reports its cause, if it is an outage.
   * @throws the error itself, if it is another one
   */
  refuse(error: unknown, request?: FetchRequest): Response;
}

/**
 * Serves wallet sessions to servers of web-standard requests.
 * @param walletSessions the result of `createWalletSessions`
 * @throws Error on an edge runtime
 */
export function createFetchApi(
  walletSessions: RestSources,
  { basePath = '/api', bodyLimit = 100_000 }: FetchApiOptions = {},
): FetchApi {
  assertNodeRuntime();
  const api = createRestApi(walletSessions);
  const validate = (request: FetchRequest, client?: FetchClient) =>
    walletSessions.validateRequest(httpRequestOf(request, client));

  return {
    async handler(request, client) {
      const { pathname, searchParams } = new URL(request.url);
      const headers = new Headers();
      const answer = await api.answer({
        request: httpRequestOf(request, client),
        path: pathname.startsWith(basePath) ? pathname.slice(basePath.length) : '',
        search: searchParams,
        response: responseHeadersOf(headers),
        original: request,
        readBody: () => readJsonBody(request, bodyLimit),
      });
      for (const [name, value] of Object.entries(answer.headers)) headers.set(name, value);
      const body = request.method === 'HEAD' ? null : answer.body;
      return new Response(body, { status: answer.status, headers });
    },
    validate,
    async open(request, client) {
      const headers = new Headers();
      const session = await walletSessions.validateRequest(
        httpRequestOf(request, client),
        responseHeadersOf(headers),
      );
      return {
        session,
        addTo(response) {
          for (const [name, value] of headers) {
            if (name === 'set-cookie') response.headers.append(name, value);
            else response.headers.set(name, value);
          }
        },
      };
    },
    async require(request, client) {
      const session = await validate(request, client);
      if (session !== undefined) return session;
      const credential = credentialOf(httpRequestOf(request, client));
      throw new WalletSessionsError('UNAUTHENTICATED', mistakeInToken(credential));
    },
    refuse(error, request) {
      if (!(error instanceof WalletSessionsError)) throw error;
      const authorization = request && httpRequestOf(request).headers.authorization;
      const { status, headers, document, toReport } = problemOf(error, authorization);
      if (toReport !== undefined) walletSessions.report(toReport);
      return new Response(JSON.stringify(document), { status, headers });
    },
  };
}

/** Edge runtimes of Next.js and Vercel have a global of this name. */
function assertNodeRuntime(): void {
  if (!('EdgeRuntime' in globalThis)) return;
  throw new Error(
    'wallet-sessions needs the Node.js runtime: stores open TCP connections or files, which edge runtimes do not support. ' +
      "In Next.js, set `export const runtime = 'nodejs'` in the route.",
  );
}
