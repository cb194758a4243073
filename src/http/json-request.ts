import type { IncomingHttpHeaders } from 'node:http';
import { RequestRefused } from './refusal.js';

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** @throws RequestRefused 400 `BAD_REQUEST` for bytes that are not JSON in UTF-8 */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF_8.decode(bytes));
  } catch {
    throw new RequestRefused(400, 'BAD_REQUEST', 'The body is not JSON in UTF-8.');
  }
}

/** @throws RequestRefused 415 `UNSUPPORTED_MEDIA_TYPE` unless the headers declare uncompressed JSON in UTF-8 */
export function assertJson(headers: IncomingHttpHeaders): void {
  // Fast path for nearly every request.
  if (headers['content-type'] === 'application/json' && headers['content-encoding'] === undefined)
    return;
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() !== 'application/json' || !isUtf8) {
    throw new RequestRefused(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the body as application/json in UTF-8.',
    );
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new RequestRefused(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send the body uncompressed.');
  }
}

/**
 * Maximum lengths, in characters, of headers that libraries parse in more than linear time or into many objects. Node.js
 * limits all headers of a request to 16 KB in total. Browsers send less than 300 characters in each.
 */
const MAX_LENGTHS = { accept: 1000, 'content-type': 256 } as const;

/** @throws RequestRefused 431 `HEADER_TOO_LARGE` (RFC 6585 §5) */
export function assertShortHeaders(headers: IncomingHttpHeaders): void {
  const { accept, 'content-type': type } = headers;
  if (accept !== undefined && accept.length > MAX_LENGTHS.accept) throw tooLong('accept');
  if (type !== undefined && type.length > MAX_LENGTHS['content-type'])
    throw tooLong('content-type');
}

function tooLong(name: keyof typeof MAX_LENGTHS): RequestRefused {
  const message = `The header ${name} is longer than ${MAX_LENGTHS[name]} characters.`;
  return new RequestRefused(431, 'HEADER_TOO_LARGE', message);
}
