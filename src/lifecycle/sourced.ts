import type { ClientInfo } from '../sessions/session.js';

/** The client of a request, or a function that reads it: few validations need it, and reading it takes time. */
export type Sourced = ClientInfo | (() => ClientInfo);

export function sourceOf(source: Sourced): ClientInfo {
  return typeof source === 'function' ? source() : source;
}
