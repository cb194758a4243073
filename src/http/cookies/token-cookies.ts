import { parseCookie, stringifySetCookie, type SetCookie } from 'cookie';
import { isLoopback } from '../../loopback.js';
import type { PresentedTokens } from '../../lifecycle/validate-tokens.js';
import type { SessionGrant } from '../../sessions/session.js';

/**
 * Browsers accept a cookie with the prefix `__Host-` only over HTTPS (or from localhost), for this host only and with the
 * path `/`. Subdomains and plain connections can neither set nor overwrite it (RFC 6265bis, section 4.1.3.2).
 */
export const ACCESS_COOKIE = '__Host-wallet-session';
export const REFRESH_COOKIE = '__Host-wallet-refresh';

/** `Strict`: the API is called by scripts of pages, and not by links from other sites. */
const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

/** Whether browsers accept these cookies from an origin: a secure one, or the loopback (W3C Secure Contexts). */
export function takesCookies(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || isLoopback(hostname);
}

/** Reads the tokens from a `Cookie` header. */
export function readTokenCookies(header: string | undefined): PresentedTokens {
  const cookies = parseCookie(header ?? '');
  return { accessToken: cookies[ACCESS_COOKIE], refreshToken: cookies[REFRESH_COOKIE] };
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

function write(name: string, value: string, maxAge: number): string {
  const cookie: SetCookie = { name, value, maxAge, ...ATTRIBUTES };
  return stringifySetCookie(cookie);
}
