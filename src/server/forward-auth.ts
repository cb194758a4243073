import type { IncomingMessage, ServerResponse } from 'node:http';
import { WalletSessionsError } from '../errors.js';
import { undisclosed, type ReportError } from '../graphql/errors.js';
import { challengeOf, hasCredential } from '../http/credential.js';
import { proofChallenge, REFUSAL_STATUS } from '../http/refusal.js';
import type { ValidationOptions } from '../http/reader.js';
import { headerLines, type SendWhole } from '../http/whole-response.js';
import type { Validated } from '../lifecycle/validate.js';
import type { Session } from '../sessions/session.js';
import type { Handler } from './router.js';

/** For nginx, Traefik and Caddy, which take any status of success. */
const AUTH_PATH = '/auth';
/** For Envoy, which takes 200 alone. */
const ENVOY_AUTH_PATH = '/auth/envoy';
/** For the webhook mode of Hasura. */
const HASURA_AUTH_PATH = '/auth/hasura';

/** The headers in which proxies name the method of the request that they ask about. */
const METHOD_HEADERS = ['x-forwarded-method', 'x-original-method'] as const;

/** The headers in which proxies name its target: Traefik and Caddy, nginx by configuration. */
const TARGET_HEADERS = ['x-forwarded-uri', 'x-original-uri'] as const;

export interface ForwardAuthOptions {
  /** Validates the session of a request: `WalletSessions`. */
  readonly validation: {
    validateRequest(
      request: IncomingMessage,
      response: undefined,
      options: ValidationOptions,
    ): Validated;
  };
  /** Whether an address is that of a trusted proxy, which names the target for which the proof of a key must be. */
  readonly isTrustedProxy: (address: string) => boolean;
  readonly sendWhole: SendWhole;
  readonly report: ReportError;
}

/**
 * Answers a proxy that asks whether it may forward a request (forward authentication). The proxy sends the headers of
 * that request. The response has no body, except for Hasura.
 *
 * A session in cookies is never refreshed here: most proxies do not pass on `Set-Cookie` of this response, so the new
 * tokens would be lost.
 */
export function createForwardAuth({
  validation,
  isTrustedProxy,
  sendWhole,
  report,
}: ForwardAuthOptions): ReadonlyMap<string, Handler> {
  /** A proof is for the request that a trusted proxy asks about, and never for this endpoint. */
  const asAsked =
    (namedBy: (request: IncomingMessage) => Named) =>
    (request: IncomingMessage): IncomingMessage => {
      if (!hasProof(request)) return asForwarded(request);
      const { method, target } = namedBy(request);
      const isKnown = method !== undefined && isTrustedProxy(request.socket.remoteAddress ?? '');
      return asRequest(request, method, isKnown ? target : undefined);
    };
  const handler =
    (admit: Admit, asked: (request: IncomingMessage) => IncomingMessage): Handler =>
    (request, response, source) => {
      const answer = (session: Session | undefined) => {
        if (session === undefined) refuse(request, response, 401);
        else admit(response, session);
      };
      const validated = validation.validateRequest(asked(request), undefined, { refresh: false });
      if (!(validated instanceof Promise)) {
        answer(validated);
        return undefined;
      }
      return validated.then(answer, (error: unknown) => {
        if (!(error instanceof WalletSessionsError)) throw error;
        const status = REFUSAL_STATUS[error.code];
        if (status === undefined) throw error;
        const cause = undisclosed(error);
        if (cause !== undefined) report(cause, source);
        // A refused proof of a key has a challenge of its own.
        refuse(request, response, status, proofChallenge(error));
      });
    };
  return new Map([
    [AUTH_PATH, handler(admitWithHeaders(204, sendWhole), asAsked(namedByHeaders))],
    [ENVOY_AUTH_PATH, handler(admitWithHeaders(200, sendWhole), asAsked(namedByEnvoy))],
    [HASURA_AUTH_PATH, handler(admitByHasura, asMutation)],
  ]);
}

type Admit = (response: ServerResponse, session: Session) => void;

const admitWithHeaders =
  (status: 200 | 204, sendWhole: SendWhole): Admit =>
  (response, session) => {
    const admission = admissionOf(session);
    if (sendWhole(response, status, admission.lines, status === 204 ? undefined : '')) return;
    for (const [name, value] of admission.headers) response.setHeader(name, value);
    end(response, status);
  };

interface Admission {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly lines: string;
}

/** By session, which does not change: a changed one is another object. */
const admissions = new WeakMap<Session, Admission>();

function admissionOf(session: Session): Admission {
  const known = admissions.get(session);
  if (known !== undefined) return known;
  const headers = [
    ['x-wallet-account', session.wallet],
    ['x-session-id', session.id],
    ['x-session-expires-at', new Date(session.expiresAt).toISOString()],
    NOT_CACHED,
  ] as const;
  const admission = { headers, lines: headerLines(headers) };
  admissions.set(session, admission);
  return admission;
}

/** `Expires` is when Hasura closes the WebSockets that it opened by this response. */
const admitByHasura: Admit = (response, session) => {
  const body = JSON.stringify({
    'X-Hasura-Role': 'user',
    'X-Hasura-User-Id': session.wallet,
    'X-Hasura-Session-Id': session.id,
    Expires: new Date(session.expiresAt).toUTCString(),
  });
  response.setHeader('content-type', 'application/json; charset=utf-8');
  end(response, 200, body);
};

function refuse(
  { headers }: IncomingMessage,
  response: ServerResponse,
  status: number,
  challenge: readonly (readonly [name: string, value: string])[] = [],
): void {
  if (status === 401) response.setHeader('www-authenticate', challengeOf(headers.authorization));
  for (const [name, value] of challenge) response.setHeader(name, value);
  end(response, status);
}

/** A cached response would accept a session that has ended. */
const NOT_CACHED = ['cache-control', 'no-store'] as const;

function end(response: ServerResponse, status: number, body = ''): void {
  response.statusCode = status;
  response.setHeader(...NOT_CACHED);
  if (status !== 204) response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

/** Whether what the request presents can depend on its method and URL. Cookies are not read then. */
const hasProof = (request: IncomingMessage): boolean =>
  request.headers['dpop'] !== undefined && hasCredential(request);

/**
 * The request with the method that the proxy names, if that method changes something: nginx and Traefik ask with GET about
 * every request, and a visit by GET has more rights than a POST. A client that makes the header up can only lose rights.
 */
function asForwarded(request: IncomingMessage): IncomingMessage {
  for (const name of METHOD_HEADERS) {
    const method = request.headers[name];
    if (method !== undefined && method !== 'GET' && method !== 'HEAD') {
      return asRequest(request, String(method));
    }
  }
  return request;
}

/** What a proxy names of the request that it asks about. */
interface Named {
  readonly method: string | undefined;
  readonly target: string | undefined;
}

const namedByHeaders = ({ headers, method }: IncomingMessage): Named => ({
  method: oneOf(METHOD_HEADERS, headers, method),
  target: oneOf(TARGET_HEADERS, headers),
});

/**
 * What the headers name, or `undefined` if they name two things: a proxy may set one header and pass on the other from the
 * client.
 * @param otherwise if there are no such headers
 */
function oneOf(
  names: readonly string[],
  headers: IncomingMessage['headers'],
  otherwise?: string,
): string | undefined {
  const named = new Set(names.flatMap((name) => headers[name] ?? []));
  const [first] = named;
  return named.size > 1 ? undefined : (first ?? otherwise);
}

/** Envoy asks with the method, and appends the target to its `path_prefix`, which ends with a question mark. */
function namedByEnvoy({ method, url = '' }: IncomingMessage): Named {
  const query = url.indexOf('?');
  return { method, target: query === -1 ? undefined : url.slice(query + 1) };
}

/**
 * Hasura asks by GET also about requests that change data, and removes their `Origin`, so none of them counts as a
 * visit.
 */
const asMutation = (request: IncomingMessage) => asRequest(request, 'POST');

/** @param target without it, no proof is for the request */
const asRequest = (request: IncomingMessage, method = '', target = '') =>
  Object.create(request, {
    method: { value: method },
    originalUrl: { value: target },
  }) as IncomingMessage;
