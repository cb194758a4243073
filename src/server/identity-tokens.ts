import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { calculateJwkThumbprint, exportJWK, SignJWT, type JWK } from 'jose';
import * as v from 'valibot';
import type { Clock } from '../clock.js';
import { WalletSessionsError } from '../errors.js';
import type { ReportError } from '../graphql/errors.js';
import { assertJson, assertShortHeaders, parseJson } from '../http/json-request.js';
import { bearsBody, closeWithAnswer } from '../http/lingering-close.js';
import { problemOf } from '../http/problem.js';
import { RequestRefused } from '../http/refusal.js';
import type { RestSources } from '../rest/api.js';
import { createLocalBudget } from '../rate-limits/local-budget.js';
import type { Rate } from '../rate-limits/rate-limits.js';
import type { KeyRing } from '../sessions/key-ring.js';
import type { ClientInfo, Session } from '../sessions/session.js';
import type { ReadBody } from './request-bodies.js';
import type { Handler } from './router.js';

export const IDENTITY_TOKEN_PATH = '/api/identity-token';
export const JWKS_PATH = '/.well-known/jwks.json';

/** Seconds. An identity token outlives a logout by at most this. */
const LIFETIME = 60;

/** Tokens for each session at this instance. */
const RATE: Rate = { acts: 60, window: 60_000 };

/** Seconds for which the public keys may be cached: a new key is published long before it signs. */
const JWKS_MAX_AGE = 300;

export interface IdentityTokenOptions {
  /** Who tokens may be issued for. */
  readonly audiences: readonly string[];
  /** The issuer in tokens: the origin of the service. */
  readonly issuer: string;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly walletSessions: RestSources;
  readonly readBody: ReadBody;
  readonly report: ReportError;
}

/** Issues short-lived JWTs that tell others who has a session, and publishes the keys to verify them with. */
export function createIdentityTokens(options: IdentityTokenOptions): ReadonlyMap<string, Handler> {
  const { audiences, issuer, keys, clock, walletSessions, readBody, report } = options;
  /** The current key is the first. */
  const published = Promise.all(keys.ids.map((id) => publicJwkOf(privateKeyOf(keys, id))));
  const key = privateKeyOf(keys, keys.currentId);
  const issued = createLocalBudget(RATE);

  const issue: Handler = async (request, response, source) => {
    try {
      if (request.method !== 'POST') {
        response.setHeader('allow', 'POST');
        throw new RequestRefused(405, 'METHOD_NOT_ALLOWED', 'This operation is served by POST.');
      }
      const audience = readAudience(await readJson(request, source));
      const session = await walletSessions.validateRequest(request, response);
      if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
      const wait = issued.spend(session.id);
      if (wait > 0) {
        throw new WalletSessionsError('RATE_LIMITED', undefined, { retryAfter: wait });
      }
      answer(response, 200, JSON.stringify(await tokenOf(session, audience)));
    } catch (error) {
      const { status, headers, document, toReport } = problemOf(
        error,
        request.headers.authorization,
      );
      if (toReport !== undefined) report(toReport, source);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      answer(response, status, JSON.stringify(document));
    }
  };

  function readAudience(body: unknown): string {
    const { success, output } = v.safeParse(v.strictObject({ audience: v.string() }), body);
    if (success && audiences.includes(output.audience)) return output.audience;
    const message = 'audience must be one of the audiences that the operator has allowed.';
    throw new WalletSessionsError('BAD_USER_INPUT', message);
  }

  async function readJson(request: IncomingMessage, { ipAddress }: ClientInfo): Promise<unknown> {
    assertShortHeaders(request.headers);
    assertJson(request.headers);
    return parseJson(await readBody(request, ipAddress));
  }

  async function tokenOf(session: Session, audience: string) {
    const now = Math.floor(clock.now() / 1000);
    // It never outlives the session itself.
    const expiresAt = Math.min(now + LIFETIME, Math.floor(session.expiresAt / 1000));
    const [current] = await published;
    const token = await new SignJWT({
      sid: session.id,
      auth_time: Math.floor(session.authenticatedAt / 1000),
      // Whoever takes the token can ask for a proof of the key (RFC 9449, section 6.1).
      ...(session.keyThumbprint !== undefined && { cnf: { jkt: session.keyThumbprint } }),
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: current?.kid ?? '' })
      .setIssuer(issuer)
      .setSubject(session.wallet)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(expiresAt)
      .sign(key);
    return { token, expiresAt: new Date(expiresAt * 1000).toISOString() };
  }

  const publish: Handler = async (request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    response.statusCode = isRead ? 200 : 405;
    if (!isRead) response.setHeader('allow', 'GET, HEAD');
    response.setHeader('content-type', 'application/jwk-set+json');
    response.setHeader('cache-control', `public, max-age=${JWKS_MAX_AGE}`);
    // The keys are public, and pages of any origin may verify with them.
    response.setHeader('access-control-allow-origin', '*');
    response.end(isRead ? JSON.stringify({ keys: await published }) : '');
  };

  return new Map([
    [IDENTITY_TOKEN_PATH, issue],
    [JWKS_PATH, publish],
  ]);
}

/** PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410, section 7). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Derived from the session key of that id, so that all instances have it, and it rotates with that key. */
function privateKeyOf(keys: KeyRing, keyId: string): KeyObject {
  const seed = keys.mac(keyId, 'identity-token', 'Ed25519');
  const key = Buffer.concat([ED25519_PKCS8, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

async function publicJwkOf(key: KeyObject): Promise<JWK> {
  const jwk = await exportJWK(createPublicKey(key));
  return { ...jwk, alg: 'EdDSA', use: 'sig', kid: await calculateJwkThumbprint(jwk) };
}

function answer(response: ServerResponse, status: number, body: string): void {
  if (!response.req.complete && bearsBody(response.req)) closeWithAnswer(response);
  response.statusCode = status;
  if (!response.hasHeader('content-type')) {
    response.setHeader('content-type', 'application/json; charset=utf-8');
  }
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  response.end(body);
}
