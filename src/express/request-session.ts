import { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { Session } from '../sessions/session.js';

const SESSION = Symbol('walletSession');
const REQUEST = Symbol('request');

/**
 * The list of a request's raw headers, replaced by nobody and to V8 of one kind with all others. It is made for one
 * request; but one that an application derives from it, by `Object.create` or by copying, has the same list.
 */
interface Carrier {
  [SESSION]?: Session | undefined;
  /** Whose session it is. */
  [REQUEST]?: Request;
}

/** Of what is no request of Node.js there is none. */
const carrierOf = ({ rawHeaders }: Request) => rawHeaders as Carrier | undefined;

/** Prototypes of requests whose `walletSession` is read from there. */
const readers = new WeakSet();

/**
 * Lets `request.walletSession` be the session. In Express it is an accessor that all requests have in common: a property
 * of its own costs a request about as much as the validation (`docs/decisions/0023-express-and-v8.md`).
 */
export function attachSession(request: Request, session: Session | undefined): void {
  const prototype = Object.getPrototypeOf(request) as object;
  if (readers.has(prototype) || becomesReader(prototype)) keep(request, session);
  else request.walletSession = session;
}

/** A request whose list carries the session of another one gets a property after all. */
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

/** Gives the requests of a copy of Express the accessor, unless they are none, or have one of another copy of this. */
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
 * What `express.request` is: all that inherits from the request of Node.js inherits from it. The prototype of a request
 * itself is another one in each mounted application.
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
    // As a property would, it is seen by requests that inherit from the one that has it.
    const isSeen = carried === this || (carried !== undefined && inheritsFrom(this, carried));
    return isSeen ? carrier?.[SESSION] : undefined;
  },
  set(session: Session | undefined) {
    keep(this, session);
  },
};

const inheritsFrom = (request: Request, other: Request): boolean =>
  Object.prototype.isPrototypeOf.call(other, request);
