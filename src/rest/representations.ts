import type { IdentityToken } from '../identity-tokens/identity-tokens.js';
import type { SessionPage } from '../lifecycle/list.js';
import type { PlaceOf } from '../lifecycle/places.js';
import type { Session, SessionGrant } from '../sessions/session.js';
import type { SignInChallenge } from '../sign-in/sign-in.js';

/** ISO 8601, as in GraphQL. */
const time = (milliseconds: number) => new Date(milliseconds).toISOString();

/** @param current the session of the request */
export function sessionJson(session: Session, current: Session | undefined) {
  return {
    id: session.id,
    wallet: session.wallet,
    chainId: session.chainId,
    walletType: session.walletType ?? null,
    device: session.device ?? null,
    userAgent: session.userAgent ?? null,
    ipAddress: session.ipAddress ?? null,
    keyBound: session.keyThumbprint !== undefined,
    deviceBound: session.deviceBoundAt !== undefined,
    capabilities: session.capabilities ?? {},
    current: session.id === current?.id,
    createdAt: time(session.createdAt),
    lastSeenAt: time(session.lastSeenAt),
    authenticatedAt: time(session.authenticatedAt),
    refreshFrom: time(session.refreshFrom),
    expiresAt: time(session.expiresAt),
    absoluteExpiresAt: time(session.absoluteExpiresAt),
  };
}

/** @param inCookies whether the tokens are in cookies, and must not be in the response */
export function grantJson(
  { session, accessToken, refreshToken, issuedAt }: SessionGrant,
  inCookies: boolean,
) {
  const expiresAt = time(session.expiresAt);
  return {
    session: sessionJson(session, session),
    accessToken: inCookies ? null : accessToken,
    accessTokenExpiresAt: expiresAt,
    refreshToken: inCookies ? null : refreshToken,
    refreshTokenExpiresAt: expiresAt,
    refreshFrom: time(session.refreshFrom),
    issuedAt: time(issuedAt),
  };
}

export function identityTokenJson({ token, expiresAt }: IdentityToken) {
  return { token, expiresAt: time(expiresAt) };
}

export function challengeJson({ nonce, expiresAt, message }: SignInChallenge) {
  return { nonce, expiresAt: time(expiresAt), message: message ?? null };
}

/** With the place of each session, which only lists have. */
export async function pageJson(
  { sessions, total, hasMore, end }: SessionPage,
  current: Session,
  placeOf: PlaceOf,
) {
  return {
    sessions: await Promise.all(
      sessions.map(async (session) => ({
        ...sessionJson(session, current),
        place: (await placeOf(session)) ?? null,
      })),
    ),
    totalCount: total,
    hasNextPage: hasMore,
    endCursor: end ?? null,
  };
}
