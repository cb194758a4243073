import type { EndReason } from '../client/src/index.js';

/** Why the session of this page ended, to its owner. */
const ENDINGS: Record<EndReason, string> = {
  LOGOUT: 'You are signed out.',
  LOGOUT_ALL: 'You signed out of all sessions.',
  TOKEN_REUSE: 'You were signed out: one of the tokens was used twice, so it may have been stolen.',
  LIMIT_EXCEEDED: 'You were signed out: a newer sign-in took the place of this session.',
  EXPIRED: 'Your session expired.',
  ADMIN: 'An administrator signed you out.',
  REVOKED: 'Your session has ended.',
  FORGOTTEN: 'You are signed out on this device.',
};

export function describeEnd(reason: EndReason): string {
  return ENDINGS[reason];
}
