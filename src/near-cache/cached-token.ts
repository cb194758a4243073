/** An access token that is cached to be recognized: as bytes, so that no listing of the heap's texts shows it. */
export type CachedToken = Uint8Array;

export function cacheToken(accessToken: string): CachedToken {
  return new TextEncoder().encode(accessToken);
}

/**
 * Whether it is that token, in a time that does not tell where the two begin to differ. `timingSafeEqual` would
 * need a copy of the text in bytes: that, or a digest, takes several times as long as the rest of a validation.
 */
export function isCachedToken(cached: CachedToken, accessToken: string): boolean {
  if (accessToken.length !== cached.length) return false;
  let difference = 0;
  for (let index = 0; index < accessToken.length; index += 1) {
    difference |= accessToken.charCodeAt(index) ^ (cached[index] ?? 0);
  }
  return difference === 0;
}
