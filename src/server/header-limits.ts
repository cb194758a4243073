import type { IncomingHttpHeaders } from 'node:http';
import { RequestRefused } from './refusal.js';

/**
 * The longest headers, in characters, of those that libraries take to pieces in more than linear time or into many
 * objects. Node.js bounds all headers of a request together, by 16 KB. Browsers send less than 300 characters of each.
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
