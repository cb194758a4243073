import type { Clock } from '../../clock.js';
import { WalletSessionsError } from '../../errors.js';
import { createDeviceCookies } from '../../key-binding/device-cookies.js';
import {
  CHALLENGE_LIFETIME,
  createDeviceChallenges,
  parseDeviceProof,
  readDeviceKey,
} from '../../key-binding/device-proof.js';
import type { DeviceBindingPolicy } from '../../key-binding/policy.js';
import { KeyProofRefused } from '../../key-binding/refusal.js';
import type { SessionLifecycle } from '../../lifecycle/session-lifecycle.js';
import type { PresentedTokens } from '../../lifecycle/validate-tokens.js';
import type { KeyRing } from '../../sessions/key-ring.js';
import type { ClientInfo, Session } from '../../sessions/session.js';
import { parseRefreshToken } from '../../sessions/token.js';
import { MethodRefused, RequestRefused } from '../refusal.js';
import type { RequestHead } from '../reader.js';
import type { ResponseHeaders } from './put-cookies.js';
import { putCookiesOn } from './put-cookies.js';
import {
  COOKIE_ATTRIBUTES,
  DEVICE_COOKIE,
  deviceCookieOf,
  readTokenCookies,
} from './token-cookies.js';

/** The paths of the endpoints, below that of the REST API. */
export const DEVICE_SESSION_PATHS = ['/device-session/start', '/device-session/refresh'] as const;

/**
 * Binds sessions in cookies to the devices of their browsers: Device Bound Session Credentials (W3C draft of February
 * 2026). The browser calls the endpoints by itself.
 */
export interface DeviceSessions {
  /** The headers by which the response to a sign-in offers the binding. */
  readonly offer: (session: Session) => Readonly<Record<string, string>>;
  /**
   * Registers the key of a device, or renews the device cookie for a proof of the key. Puts the cookie on the response.
   * @returns the status, headers and JSON of the response
   * @throws RequestRefused; WalletSessionsError `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE`; KeyProofRefused
   */
  answer(
    path: (typeof DEVICE_SESSION_PATHS)[number],
    request: RequestHead,
    source: ClientInfo,
    response: ResponseHeaders,
  ): Promise<DeviceAnswer>;
}

export interface DeviceAnswer {
  readonly status: 200 | 403;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

interface DeviceSessionsOptions {
  readonly policy: DeviceBindingPolicy;
  readonly sessions: Pick<SessionLifecycle, 'validateTokens' | 'bindToDevice'>;
  readonly keys: KeyRing;
  /** The origins whose pages use the cookies. */
  readonly origins: readonly string[];
  readonly clock: Clock;
}

/** A session and the public key of its device: the browser repeats it with each refresh, so that no key is stored. */
interface Identifier {
  readonly sessionId: string;
  readonly x: string;
  readonly y: string;
}

const IDENTIFIER = /^([\w-]{20})\.([\w-]{43})\.([\w-]{43})$/;

export function createDeviceSessions(options: DeviceSessionsOptions): DeviceSessions {
  const { policy, sessions, keys, origins, clock } = options;
  const challenges = createDeviceChallenges(keys);
  const deviceCookies = createDeviceCookies(keys);
  const { cookieLifetime, path } = policy;
  const pageHosts = [...new Set(origins.map((origin) => new URL(origin).hostname))];

  /** What the browser is told of its device-bound session, with the cookie. */
  function renew(
    identifier: Identifier,
    thumbprint: string,
    response: ResponseHeaders,
  ): DeviceAnswer {
    const { sessionId } = identifier;
    const value = deviceCookies.issue(sessionId, thumbprint, clock.now() + cookieLifetime);
    putCookiesOn(response)([deviceCookieOf(value, cookieLifetime)]);
    return {
      status: 200,
      headers: {},
      body: {
        session_identifier: textOf(identifier),
        // Relative to both endpoints.
        refresh_url: 'refresh',
        scope: { include_site: false },
        credentials: [{ type: 'cookie', name: DEVICE_COOKIE, attributes: COOKIE_ATTRIBUTES }],
        allowed_refresh_initiators: pageHosts,
      },
    };
  }

  /** @throws WalletSessionsError `UNAUTHENTICATED` */
  async function validate(cookies: PresentedTokens, source: ClientInfo): Promise<Session> {
    const session = await sessions.validateTokens(cookies, source);
    if (session === undefined) throw new WalletSessionsError('UNAUTHENTICATED');
    return session;
  }

  /**
   * Binds the session, also if it has been reauthenticated meanwhile.
   * @throws RequestRefused 409 `ALREADY_BOUND`; WalletSessionsError `UNAUTHENTICATED`
   */
  async function bind(
    session: Session,
    thumbprint: string,
    cookies: PresentedTokens,
    source: ClientInfo,
  ): Promise<void> {
    const isBound = async (current: Session) =>
      // The response to an earlier registration of the same key may have been lost.
      current.keyThumbprint === thumbprint ||
      (await sessions.bindToDevice(current, thumbprint, source));
    if (await isBound(session)) return;
    if (await isBound(await validate(cookies, source))) return;
    throw new RequestRefused(409, 'ALREADY_BOUND', 'The session is bound to another key.');
  }

  async function start(
    request: RequestHead,
    source: ClientInfo,
    response: ResponseHeaders,
  ): Promise<DeviceAnswer> {
    const proof = parseDeviceProof(headerOf(request, 'secure-session-response') ?? '');
    const cookies = readTokenCookies(request.headers.cookie);
    const session = await validate(cookies, source);
    const { id: sessionId } = session;
    const now = clock.now();
    if (
      !isNew(session, now) ||
      !challenges.isCurrent('registration', proof.challenge, sessionId, now)
    ) {
      throw new KeyProofRefused('TIME', undefined, 'The challenge is not a current one.');
    }
    const key = readDeviceKey(proof.jwk);
    await proof.verify(key);
    const { thumbprint } = key;
    await bind(session, thumbprint, cookies, source);
    const { x, y } = proof.jwk as { readonly x: string; readonly y: string };
    return renew({ sessionId, x, y }, thumbprint, response);
  }

  async function refresh(
    request: RequestHead,
    source: ClientInfo,
    response: ResponseHeaders,
  ): Promise<DeviceAnswer> {
    const identifier = identifierIn(headerOf(request, 'sec-secure-session-id'));
    const { sessionId, x, y } = identifier;
    const now = clock.now();
    const text = headerOf(request, 'secure-session-response');
    const proof = text === undefined ? undefined : parseDeviceProof(text);
    const presented = readTokenCookies(request.headers.cookie);
    if (proof === undefined || !challenges.isCurrent('renewal', proof.challenge, sessionId, now)) {
      // By the tag of the token alone: without a proof, nothing of the session may change.
      const token = parseRefreshToken(keys, presented.refreshToken);
      if (token?.sessionId !== sessionId) throw new WalletSessionsError('UNAUTHENTICATED');
      const challenge = challenges.make('renewal', sessionId, now);
      const header = `"${challenge}";id="${textOf(identifier)}"`;
      return { status: 403, headers: { 'secure-session-challenge': header }, body: {} };
    }
    const key = readDeviceKey({ kty: 'EC', crv: 'P-256', x, y });
    await proof.verify(key);
    // The proof replaces the cookie that has expired. The value counts for sessions of this key only.
    const deviceCookie = deviceCookies.issue(sessionId, key.thumbprint, now + cookieLifetime);
    const session = await sessions.validateTokens({ ...presented, deviceCookie }, source);
    if (session?.id !== sessionId) throw new WalletSessionsError('UNAUTHENTICATED');
    if (session.keyThumbprint !== key.thumbprint) throw new KeyProofRefused('KEY_MISMATCH');
    return renew(identifier, key.thumbprint, response);
  }

  return {
    offer(session) {
      const now = clock.now();
      if (!isNew(session, now) || session.keyThumbprint !== undefined) return {};
      const challenge = challenges.make('registration', session.id, now);
      return {
        'secure-session-registration': `(ES256);path="${path}/start";challenge="${challenge}"`,
      };
    },
    async answer(endpoint, request, source, response) {
      if (request.method !== 'POST') {
        throw new MethodRefused('POST', 'This operation is served by POST.');
      }
      const act = endpoint === '/device-session/start' ? start : refresh;
      return act(request, source, response);
    },
  };
}

/** Whether a browser may still register a key: its cookies are those of the sign-in, which it has just received. */
const isNew = ({ generation, createdAt }: Session, now: number): boolean =>
  generation === 0 && now - createdAt <= CHALLENGE_LIFETIME;

/** A header of one value. */
function headerOf({ headers }: RequestHead, name: string): string | undefined {
  const value = (headers as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}

const textOf = ({ sessionId, x, y }: Identifier) => `${sessionId}.${x}.${y}`;

/** @throws RequestRefused 400 */
function identifierIn(header: string | undefined): Identifier {
  const bare = /^"(.*)"$/.exec(header ?? '')?.[1] ?? header ?? '';
  const [, sessionId, x, y] = IDENTIFIER.exec(bare) ?? [];
  if (sessionId === undefined || x === undefined || y === undefined) {
    throw new RequestRefused(
      400,
      'BAD_REQUEST',
      'Sec-Secure-Session-Id must name a device-bound session.',
    );
  }
  return { sessionId, x, y };
}
