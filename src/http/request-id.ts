import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { copyString } from '../copy-string.js';

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

/** The id that a request was given here. A WeakMap takes several times as long, for each request. */
const OWN_ID = Symbol('request id');

interface Noted {
  [OWN_ID]?: string;
}

/**
 * The id that the application or a proxy gave the request if it has the form of an id, otherwise a new one: the same each
 * time, so that the response, the log and audit events name the same id.
 */
export function requestIdOf(request: IdentifiedRequest): string {
  const given = request.id ?? request.headers['x-request-id'];
  if (typeof given === 'string' && FORM.test(given)) return given;
  const noted: Noted = request as Noted;
  const id = noted[OWN_ID] ?? newRequestId();
  noted[OWN_ID] = id;
  return id;
}

/**
 * Replaces the noted id with a copy, for requests that stay in memory: an id keeps those that were made with it in memory.
 * @returns the copy
 */
export function copyRequestId(request: IdentifiedRequest, requestId: string): string {
  const copy = copyString(requestId);
  if ((request as Noted)[OWN_ID] !== undefined) (request as Noted)[OWN_ID] = copy;
  return copy;
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
