import { parseCookie, stringifySetCookie, type SetCookie } from 'cookie';
import type { PresentedTokens } from '../../lifecycle/validate-tokens.js';
import type { SessionGrant } from '../../sessions/session.js';

/**
 * Browsers accept a cookie with the prefix `__Host-` only over HTTPS (or from localhost), for this host only and with the
 * path `/`. Subdomains and plain connections can neither set nor overwrite it (RFC 6265bis, section 4.1.3.2).
 */
const ACCESS_COOKIE = '__Host-wallet-session';
const REFRESH_COOKIE = '__Host-wallet-refresh';
/** The short-lived cookie of a browser whose session is bound to its device. */
export const DEVICE_COOKIE = '__Host-wallet-device';

/** `Strict`: the API is called by scripts of pages, and not by links from other sites. */
const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

/** Reads the tokens from a `Cookie` header. */
export function readTokenCookies(header: string | undefined): PresentedTokens {
  const cookies = parseCookie(header ?? '');
  return {
    accessToken: cookies[ACCESS_COOKIE],
    refreshToken: cookies[REFRESH_COOKIE],
    deviceCookie: cookies[DEVICE_COOKIE],
  };
}

/** Returns the `Set-Cookie` headers that store the tokens until the idle timeout of the session. */
export function grantingCookies(grant: SessionGrant, now: number): string[] {
  const maxAge = Math.max(0, Math.floor((grant.session.expiresAt - now) / 1000));
  return [
    write(ACCESS_COOKIE, grant.accessToken, maxAge),
    write(REFRESH_COOKIE, grant.refreshToken, maxAge),
  ];
}

/** Returns the `Set-Cookie` headers that remove the tokens. */
export function clearingCookies(): string[] {
  return [write(ACCESS_COOKIE, '', 0), write(REFRESH_COOKIE, '', 0)];
}

/** Returns the `Set-Cookie` header of the device cookie. @param lifetime milliseconds */
export const deviceCookieOf = (value: string, lifetime: number): string =>
  write(DEVICE_COOKIE, value, Math.floor(lifetime / 1000));

/** The attributes of the cookies, as a browser compares them with those of its device-bound session. */
export const COOKIE_ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

function write(name: string, value: string, maxAge: number): string {
  const cookie: SetCookie = { name, value, maxAge, ...ATTRIBUTES };
  return stringifySetCookie(cookie);
}
