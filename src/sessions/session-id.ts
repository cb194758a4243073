import { randomBytes } from 'node:crypto';
import type { SessionId } from './session.js';

/** Digits of base 36 that the time of a session takes (ms since the Unix epoch): enough until the year 5188. */
const TIME_DIGITS = 9;
/** 66 random bits, so that sessions of the same millisecond have different ids. */
const RANDOM_CHARACTERS = 11;

const SESSION_ID = /^[\w-]{20}$/;

/**
 * Creates a session id: the time of creation, followed by random bits. It is not secret. The lexical order of ids is
 * their order in time, as for UUIDs of version 7 (RFC 9562, section 5.7), so a list by time needs no further index.
 */
export function newSessionId(createdAt: number): SessionId {
  const time = createdAt.toString(36).padStart(TIME_DIGITS, '0');
  const random = randomBytes(9).toString('base64url').slice(0, RANDOM_CHARACTERS);
  return (time + random) as SessionId;
}

/** Whether the string has the form of a session id. */
export function isSessionId(text: string): text is SessionId {
  return SESSION_ID.test(text);
}

/** Sorts ids newest first. */
export function newestFirst(a: { readonly id: SessionId }, b: { readonly id: SessionId }): number {
  if (a.id === b.id) return 0;
  return a.id > b.id ? -1 : 1;
}
