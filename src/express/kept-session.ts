import { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { Session } from '../session/session.js';

const SESSION = Symbol('walletSession');

/** The list of a request's raw headers: made for it alone, replaced by nobody, and to V8 of one kind with all others. */
interface Carrier {
  [SESSION]?: Session | undefined;
}

const carrierOf = ({ rawHeaders }: Request): Carrier => rawHeaders as Carrier;

/** Prototypes of requests whose `walletSession` is read from there. */
const readers = new WeakSet();

/**
 * Lets `request.walletSession` be the session. In Express it is an accessor that all requests have in common: a property
 * of its own costs a request about as much as the validation (`docs/decisions/0055`).
 */
export function keepSession(request: Request, session: Session | undefined): void {
  const prototype = Object.getPrototypeOf(request) as object;
  if (readers.has(prototype) || becomesReader(prototype)) carrierOf(request)[SESSION] = session;
  else request.walletSession = session;
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
    return carrierOf(this)[SESSION];
  },
  set(session: Session | undefined) {
    carrierOf(this)[SESSION] = session;
  },
};
