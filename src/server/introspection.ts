import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { ReportError } from '../graphql/errors.js';
import { problemOf } from '../http/problem.js';
import { closeUnlessWhole } from '../http/lingering-close.js';
import { RequestRefused } from '../http/refusal.js';
import { headerLines, type SendWhole } from '../http/whole-response.js';
import type { AccessCredential } from '../key-binding/proof.js';
import { KeyProofRefused } from '../key-binding/refusal.js';
import type { SessionLifecycle } from '../lifecycle/session-lifecycle.js';
import { createLocalBudget } from '../rate-limits/local-budget.js';
import { networkOfSource } from '../rate-limits/network.js';
import type { Rate } from '../rate-limits/rate-limits.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import type { ReadBody } from './request-bodies.js';
import type { Handler } from './router.js';

/** Path of token introspection (RFC 7662). */
export const INTROSPECTION_PATH = '/introspect';

/** Somebody who may ask about tokens, such as an API in another language. */
export interface IntrospectionClient {
  readonly id: string;
  /** The SHA-256 of the secret, which is 32 random bytes or more: a slow hash adds nothing. */
  readonly secretHash: Uint8Array;
  /** Whether it verifies proofs of keys (DPoP) itself: otherwise a token that is bound to a key is not active for it. */
  readonly verifiesProofs: boolean;
}

export interface IntrospectionOptions {
  readonly clients: readonly IntrospectionClient[];
  /** Questions of each client at this instance. */
  readonly rate: Rate;
  readonly sessions: Pick<SessionLifecycle, 'validate'>;
  readonly readBody: ReadBody;
  readonly sendWhole: SendWhole;
  readonly report: ReportError;
}

/** Failed attempts to authenticate as a client, for each network. */
const FAILURE_RATE: Rate = { acts: 60, window: 60_000 };

/** In characters. A token of this service has less than a hundred. */
const MAX_AUTHORIZATION_LENGTH = 1000;

/** Headers of clients that are remembered. Each client usually has one. */
const MAX_AUTHENTICATED = 1000;

/**
 * Tells authenticated clients whether an access token is valid (RFC 7662). Every other text, including a refresh token,
 * gets the same response. The client's address is not that of the user, so it is not noted in the session.
 */
export function createIntrospection(options: IntrospectionOptions): Handler {
  const { sessions, readBody, sendWhole, report } = options;
  const clients = new Map(options.clients.map((client) => [client.id, client]));
  const asked = createLocalBudget(options.rate);
  const failures = createLocalBudget(FAILURE_RATE);
  const authenticated = new LRUCache<string, IntrospectionClient>({ max: MAX_AUTHENTICATED });

  return async (request, response, source) => {
    try {
      if (request.method !== 'POST') throw new Refusal(405, 'invalid_request', { allow: 'POST' });
      const client = authenticate(request);
      if (client === undefined) {
        limit(failures.spend(networkOfSource(source)));
        throw new Refusal(401, 'invalid_client', {
          'www-authenticate': 'Basic realm="introspection"',
        });
      }
      limit(asked.spend(client.id));
      const token = await readToken(request, source);
      const { requestId } = source;
      const validated = sessions.validate(credentialOf(client, token), { requestId });
      const session = validated instanceof Promise ? await ofBearer(validated) : validated;
      const body = session === undefined ? INACTIVE : describe(session);
      if (!sendWhole(response, 200, HEADER_LINES, body)) answer(response, 200, body);
    } catch (error) {
      refuse(response, error, source);
    }
  };

  /** The client, if its secret is right. */
  function authenticate({
    headers: { authorization },
  }: IncomingMessage): IntrospectionClient | undefined {
    if (authorization === undefined || authorization.length > MAX_AUTHORIZATION_LENGTH) {
      return undefined;
    }
    // A client sends the same header each time. By its digest, so that the time of a comparison tells nothing of a secret.
    const digest = hash('sha256', authorization, 'base64');
    const before = authenticated.get(digest);
    if (before !== undefined) return before;
    const client = authenticateFirst(authorization);
    if (client !== undefined) authenticated.set(digest, client);
    return client;
  }

  /** Takes as long for an unknown client as for a wrong secret. */
  function authenticateFirst(authorization: string): IntrospectionClient | undefined {
    const { id, secret } = credentialsIn(authorization);
    const known = clients.get(id);
    const isRight = timingSafeEqual(
      Buffer.from(hash('sha256', secret, 'hex'), 'hex'),
      known?.secretHash ?? NOBODY,
    );
    return isRight ? known : undefined;
  }

  async function readToken(request: IncomingMessage, { ipAddress }: ClientInfo): Promise<string> {
    if (!isForm(request.headers['content-type'])) throw new Refusal(415, 'invalid_request');
    const form = (await readBody(request, ipAddress)).toString();
    // Nearly every request: there is nothing to decode.
    return ONE_TOKEN.test(form) ? form.slice('token='.length) : tokenIn(new URLSearchParams(form));
  }

  function refuse(response: ServerResponse, error: unknown, source: ClientInfo): void {
    if (error instanceof Refusal) {
      for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
      answer(response, error.status, JSON.stringify({ error: error.code }));
      return;
    }
    const { status, headers, toReport } = problemOf(error);
    if (toReport !== undefined) report(toReport, source);
    if (headers['retry-after'] !== undefined)
      response.setHeader('retry-after', headers['retry-after']);
    const code = error instanceof RequestRefused ? 'invalid_request' : 'temporarily_unavailable';
    answer(response, status, JSON.stringify({ error: code }));
  }
}

/** A response of OAuth 2.0 (RFC 6749, section 5.2). */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
  }
}

function limit(wait: number): void {
  if (wait > 0) throw new Refusal(429, 'slow_down', { 'retry-after': String(wait) });
}

const credentialOf = (client: IntrospectionClient, accessToken: string): AccessCredential =>
  client.verifiesProofs
    ? { accessToken, scheme: 'Bearer', proof: undefined, isProvenElsewhere: true }
    : accessToken;

/** A token that is bound to a key proves nothing to a client that does not verify the proof of the key. */
async function ofBearer(validated: Promise<Session | undefined>): Promise<Session | undefined> {
  try {
    return await validated;
  } catch (error) {
    if (error instanceof KeyProofRefused) return undefined;
    throw error;
  }
}

const NOBODY = Buffer.alloc(32);
const INACTIVE = JSON.stringify({ active: false });
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

/** By session, which does not change: a changed one is another object. */
const descriptions = new WeakMap<Session, string>();

function describe(session: Session): string {
  const known = descriptions.get(session);
  if (known !== undefined) return known;
  const description = JSON.stringify({
    active: true,
    token_type: session.keyThumbprint === undefined ? 'Bearer' : 'DPoP',
    sub: session.wallet,
    sid: session.id,
    iat: seconds(session.rotatedAt),
    exp: seconds(session.expiresAt),
    auth_time: seconds(session.authenticatedAt),
    // RFC 9449, section 6.2.
    ...(session.keyThumbprint !== undefined && { cnf: { jkt: session.keyThumbprint } }),
  });
  descriptions.set(session, description);
  return description;
}

function isForm(contentType = ''): boolean {
  if (contentType === FORM) return true;
  const [type = ''] = contentType.toLowerCase().split(';');
  return type.trim() === FORM;
}

const FORM = 'application/x-www-form-urlencoded';

/** A form with one field, of characters that stand for themselves. */
const ONE_TOKEN = /^token=[\w.~-]+$/;

/** @throws Refusal 400 unless the form has one token; the hint is ignored, as RFC 7662 allows */
function tokenIn(form: URLSearchParams): string {
  const [token, ...others] = form.getAll('token');
  if (token === undefined || others.length > 0) throw new Refusal(400, 'invalid_request');
  return token;
}

/** Basic authentication with a form-encoded id and secret (RFC 6749, section 2.3.1). */
function credentialsIn(authorization: string): { id: string; secret: string } {
  const nothing = { id: '', secret: '' };
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization) ?? [];
  const [, id, secret] =
    /^([^:]*):([^]*)$/.exec(Buffer.from(encoded ?? '', 'base64').toString()) ?? [];
  if (id === undefined || secret === undefined) return nothing;
  try {
    return { id: decode(id), secret: decode(secret) };
  } catch {
    return nothing;
  }
}

const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));

const HEADERS = [
  ['content-type', 'application/json; charset=utf-8'],
  ['cache-control', 'no-store'],
  ['x-content-type-options', 'nosniff'],
] as const;
const HEADER_LINES = headerLines(HEADERS);

function answer(response: ServerResponse, status: number, body: string): void {
  closeUnlessWhole(response);
  response.statusCode = status;
  for (const [name, value] of HEADERS) response.setHeader(name, value);
  response.end(body);
}
