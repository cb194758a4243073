import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The form of an id that an application or a proxy may give. */
const FORM = /^[\w.-]{8,64}$/;

/** Bytes of a new id, as many as a UUID has. */
const LENGTH = 16;

/** Ids that are made at once. */
const BATCH = 128;

/** What is read of a request. */
interface IdentifiedRequest {
  readonly headers: IncomingHttpHeaders;
  /** The id that a framework has given the request. */
  readonly id?: unknown;
}

/** The id that the application or a proxy gave the request if it has the form of an id, otherwise a new one. */
export function requestIdOf({ headers, id }: IdentifiedRequest): string {
  const given = id ?? headers['x-request-id'];
  return typeof given === 'string' && FORM.test(given) ? given : newRequestId();
}

let made = '';
let used = 0;

/**
 * Returns 32 random hexadecimal digits, cut from a string of many ids: making a UUID takes as long as validating the
 * session of the request. A copy of the id (`copyString`) does not keep the others in memory.
 */
function newRequestId(): string {
  if (used === made.length) {
    made = randomBytes(BATCH * LENGTH).toString('hex');
    used = 0;
  }
  const start = used;
  used += 2 * LENGTH;
  return made.slice(start, used);
}
