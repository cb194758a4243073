import type { Revocation } from '../../client/src/index.js';

type Reason = Revocation['reason'];

/** How a session elsewhere ended, after the name of its device. */
const NOTICES: Record<Reason, string> = {
  LOGOUT: 'was signed out.',
  LOGOUT_ALL: 'was signed out.',
  TOKEN_REUSE: 'was signed out: one of its tokens was used twice, so it may have been stolen.',
  LIMIT_EXCEEDED: 'was signed out: a newer sign-in took its place.',
  EXPIRED: 'was signed out: the session expired.',
  ADMIN: 'was signed out by an administrator.',
};

/** In its row, while it leaves the list. */
const LABELS: Record<Reason, string> = {
  LOGOUT: 'Signed out',
  LOGOUT_ALL: 'Signed out',
  TOKEN_REUSE: 'Signed out: a token was used twice',
  LIMIT_EXCEEDED: 'Replaced by a newer sign-in',
  EXPIRED: 'Expired',
  ADMIN: 'Signed out by an administrator',
};

export function noticeOfEnd(device: string, reason: Reason): string {
  return `${device} ${NOTICES[reason]}`;
}

export function labelOfEnd(reason: Reason): string {
  return LABELS[reason];
}
