/** What {@link parseRedisUrls} reads, in words. */
export const REDIS_URLS =
  'must be a redis:// or rediss:// URL, like redis://localhost:6379/0, or several, separated by commas, with % in a password written %25';

/**
 * Reads the URLs of one Redis or more: with a host, and with nothing after it but the number of a database.
 * `undefined` for anything else.
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
  // `redis:user:password@host` is a URL, too, but one without a host.
  const isOne = /^rediss?:$/.test(protocol) && host !== '' && /^(?:\/\d*)?$/.test(pathname);
  return isOne && [url.username, url.password].every(isDecodable) ? url : undefined;
}

/** Whether it can be read back: a bare % cannot. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
