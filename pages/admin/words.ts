import type { AuditEventType } from '../generated/documents.js';

/** Why sessions ended, as names of series and in the audit log. */
const ENDS: Readonly<Record<string, string>> = {
  LOGOUT: 'Signed out',
  LOGOUT_ALL: 'Signed out everywhere',
  TOKEN_REUSE: 'Refresh token reused',
  LIMIT_EXCEEDED: 'Session limit',
  EXPIRED: 'Expired',
  ADMIN: 'Revoked by an administrator',
};

export function nameOfEnd(reason: string): string {
  return ENDS[reason] ?? reason;
}

/** An error code in words: `SIGNATURE_INVALID` is `Signature invalid`. */
export function nameOfCode(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

export const EVENTS: Readonly<Record<AuditEventType, string>> = {
  CHALLENGE_CREATED: 'Challenge created',
  SIGN_IN_REFUSED: 'Sign-in refused',
  SESSION_CREATED: 'Signed in',
  SESSION_REFRESHED: 'Session refreshed',
  SESSION_REAUTHENTICATED: 'Confirmed with the wallet',
  SESSION_DEVICE_BOUND: 'Bound to its device',
  SESSION_TOKEN_REUSED: 'Refresh token reused',
  SESSION_PROOF_REFUSED: 'Proof of key refused',
  SESSION_RECORD_REFUSED: 'Altered session record refused',
  SESSION_REVOKED: 'Session ended',
  ADMINISTRATION_PERFORMED: 'Administration',
  ADMINISTRATION_REFUSED: 'Administration refused',
  AUDIT_LOG_ENTRY_REFUSED: 'Altered audit entry refused',
};

/** The events that somebody should look at: something was refused, or altered. */
export const ALARMING: ReadonlySet<AuditEventType> = new Set<AuditEventType>([
  'SIGN_IN_REFUSED',
  'SESSION_TOKEN_REUSED',
  'SESSION_PROOF_REFUSED',
  'SESSION_RECORD_REFUSED',
  'ADMINISTRATION_REFUSED',
  'AUDIT_LOG_ENTRY_REFUSED',
]);

const ACTS: Readonly<Record<string, string>> = {
  READ_STATISTICS: 'read statistics',
  READ_SESSIONS: 'read sessions',
  READ_AUDIT_EVENTS: 'read the audit log',
  REVOKE_SESSION: 'revoked a session',
  REVOKE_WALLET_SESSIONS: 'revoked all sessions of a wallet',
  ROTATE_KEYS: 'rotated the keys',
};

export function nameOfAct(act: string): string {
  return ACTS[act] ?? nameOfCode(act);
}
