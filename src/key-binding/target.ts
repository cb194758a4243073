import type { PresentedProof } from './proof.js';

/** Octets of unreserved characters, which are the same with and without percent-encoding (RFC 3986 §6.2.2.2). */
const UNRESERVED = /^[\w.~-]$/;

/**
 * Creates the check of `htu`: whether it is the URL of the request at one of the public URLs of the service, without query
 * and fragment (RFC 9449 §4.3, check 9). What the client says of the host in other headers does not count.
 * @param publicUrls where clients reach the service: an origin, and a path if a proxy serves it below one
 */
export function createTargetCheck(
  publicUrls: readonly string[],
): (htu: string, proof: Pick<PresentedProof, 'path' | 'isForSocket'>) => boolean {
  const http = publicUrls.map((url) => url.replace(/\/$/, ''));
  const socket = http.map((url) => url.replace(/^http/, 'ws'));
  return (htu, { path, isForSocket = false }) => {
    // It is not known which request was sent.
    if (path === '') return false;
    const bases = isForSocket ? socket : http;
    if (bases.some((base) => isJoined(htu, base, path))) return true;
    const given = normalized(htu);
    return given !== undefined && bases.some((base) => normalized(base + path) === given);
  };
}

/** Whether the text is `base + path`, compared without making it. */
function isJoined(text: string, base: string, path: string): boolean {
  return text.length === base.length + path.length && text.startsWith(base) && text.endsWith(path);
}

/** The URL without query and fragment, in one form (RFC 3986 §6.2.2, §6.2.3). */
function normalized(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname, username, password } = new URL(text);
  if (username !== '' || password !== '') return undefined;
  const path = pathname.replace(/%[\da-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return UNRESERVED.test(character) ? character : encoded.toUpperCase();
  });
  return `${protocol}//${host}${path}`;
}
