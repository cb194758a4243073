import { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { Session } from '../sessions/session.js';

const SESSION = Symbol('walletSession');
const REQUEST = Symbol('request');

/**
 * The array of a request's raw headers. Nothing replaces it, and V8 gives all of them the same hidden class. A request
 * that an application derives from another, by `Object.create` or by copying, shares the array.
 */
interface Carrier {
  [SESSION]?: Session | undefined;
  /** The request to which the session belongs. */
  [REQUEST]?: Request;
}

/** Returns `undefined` for a value that is not a request of Node.js. */
const carrierOf = ({ rawHeaders }: Request) => rawHeaders as Carrier | undefined;

/** Prototypes of requests whose `walletSession` is read from there. */
const readers = new WeakSet();

/**
 * Sets `request.walletSession`. In Express, it is an accessor on the shared prototype: a property on each request would
 * cost about as much as the validation (`docs/decisions/0023-express-and-v8.md`).
 */
export function attachSession(request: Request, session: Session | undefined): void {
  const prototype = Object.getPrototypeOf(request) as object;
  if (readers.has(prototype) || becomesReader(prototype)) keep(request, session);
  else request.walletSession = session;
}

/** Adds a property to a request if its array carries the session of another request. */
function keep(request: Request, session: Session | undefined): void {
  const carrier = carrierOf(request);
  if (carrier !== undefined && (carrier[REQUEST] ?? request) === request) {
    carrier[REQUEST] = request;
    carrier[SESSION] = session;
  } else {
    const own = { value: session, configurable: true, enumerable: true, writable: true };
    Object.defineProperty(request, 'walletSession', own);
  }
}

/** Adds the accessor to the requests of a copy of Express, unless another copy of this module has added it. */
function becomesReader(prototype: object): boolean {
  const shared = sharedByApplications(prototype);
  if (shared === undefined) return false;
  if (!readers.has(shared)) {
    if ('walletSession' in shared) return false;
    Object.defineProperty(shared, 'walletSession', accessor);
    readers.add(shared);
  }
  readers.add(prototype);
  return true;
}

/**
 * Finds `express.request`, from which the requests of all applications inherit. Each mounted application has a different
 * immediate prototype.
 */
function sharedByApplications(prototype: object): object | undefined {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  if (parent === null) return undefined;
  return parent === IncomingMessage.prototype ? prototype : sharedByApplications(parent);
}

const accessor: PropertyDescriptor & ThisType<Request> = {
  configurable: true,
  get() {
    const carrier = carrierOf(this);
    const carried = carrier?.[REQUEST];
    // Like a property, it is visible to requests that inherit from this one.
    const isSeen = carried === this || (carried !== undefined && inheritsFrom(this, carried));
    return isSeen ? carrier?.[SESSION] : undefined;
  },
  set(session: Session | undefined) {
    keep(this, session);
  },
};

const inheritsFrom = (request: Request, other: Request): boolean =>
  Object.prototype.isPrototypeOf.call(other, request);
