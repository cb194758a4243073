/** Describes the values that {@link parseRedisUrls} accepts. */
export const REDIS_URLS =
  'must be a redis:// or rediss:// URL, like redis://localhost:6379/0, or several, separated by commas, with % in a password written %25';

/**
 * Parses one or more Redis URLs, separated by commas. Each must have a host, and may have a database number and
 * nothing else after it. Returns `undefined` for anything else.
 */
export function parseRedisUrls(text: unknown): readonly [URL, ...URL[]] | undefined {
  if (typeof text !== 'string') return undefined;
  const items = text.split(',').map((item) => item.trim());
  const [first, ...others] = items.filter((item) => item !== '').map(parseRedisUrl);
  if (first === undefined || !others.every((url) => url !== undefined)) return undefined;
  return [first, ...others];
}

function parseRedisUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, host, pathname } = url;
  // `redis:user:password@host` is a valid URL, but has no host.
  const isOne = /^rediss?:$/.test(protocol) && host !== '' && /^(?:\/\d*)?$/.test(pathname);
  return isOne && [url.username, url.password].every(isDecodable) ? url : undefined;
}

/** Whether percent-decoding succeeds: a bare % fails. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
