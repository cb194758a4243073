import type { ErrorCode } from '../../src/errors.js';
import type { Revocation } from '../../client/src/index.js';
import type { ActivityQuery, AuditEventType } from '../generated/documents.js';

/** Something that happened to the wallet's sessions. */
export type ActivityEvent = ActivityQuery['auditEvents']['edges'][number]['node'];

/** What an event is to the owner of the wallet. */
export interface EventDescription {
  readonly words: string;
  /** Whether it may be somebody else's doing. */
  readonly isSuspicious: boolean;
}

const EVENTS: Record<AuditEventType, string> = {
  CHALLENGE_CREATED: 'A sign-in was started',
  SIGN_IN_REFUSED: 'A sign-in was refused',
  SESSION_CREATED: 'Signed in',
  SESSION_REFRESHED: 'Session continued',
  SESSION_REAUTHENTICATED: 'Confirmed with the wallet',
  SESSION_TOKEN_REUSED: 'A token was used twice: it may have been stolen',
  SESSION_PROOF_REFUSED: 'A token was used without its key: it may have been stolen',
  SESSION_RECORD_REFUSED: 'The stored session had been altered and was not accepted',
  SESSION_REVOKED: 'Session ended',
  ADMINISTRATION_PERFORMED: 'An administrator viewed or revoked sessions',
  ADMINISTRATION_REFUSED: 'An administrative act was refused',
  AUDIT_LOG_ENTRY_REFUSED: 'A record of this activity had been altered and is not shown',
};

const ENDS: Record<Revocation['reason'], string> = {
  LOGOUT: 'Logged out',
  LOGOUT_ALL: 'Logged out, with other sessions',
  TOKEN_REUSE: 'Session revoked: a token of it was used twice',
  LIMIT_EXCEEDED: 'Session revoked: a newer sign-in took its place',
  EXPIRED: 'Session expired',
  ADMIN: 'Session revoked by an administrator',
};

/** Why a sign-in was refused, where a person can make something of it. */
const REFUSALS: Partial<Record<ErrorCode, string>> = {
  SIGNATURE_INVALID: 'the signature was not from this wallet',
  NONCE_INVALID: 'its challenge was already used, or too old',
  MESSAGE_EXPIRED: 'the signed message was too old',
  DOMAIN_NOT_ALLOWED: 'the message was signed for another site',
  URI_NOT_ALLOWED: 'the message was signed for another site',
  CHAIN_NOT_ALLOWED: 'the wallet was on a chain that is not allowed',
  SESSION_LIMIT_REACHED: 'the limit of sessions was reached',
  WALLET_MISMATCH: 'another wallet had signed',
};

const SUSPICIOUS: ReadonlySet<AuditEventType> = new Set([
  'SIGN_IN_REFUSED',
  'SESSION_TOKEN_REUSED',
  'SESSION_PROOF_REFUSED',
  'SESSION_RECORD_REFUSED',
  'AUDIT_LOG_ENTRY_REFUSED',
]);

/** The event in a person's words. */
export function describeEvent({
  type,
  reason,
}: Pick<ActivityEvent, 'type' | 'reason'>): EventDescription {
  return { words: wordsFor(type, reason), isSuspicious: SUSPICIOUS.has(type) };
}

function wordsFor(type: AuditEventType, reason: string | null): string {
  const words = EVENTS[type];
  if (reason === null) return words;
  if (type === 'SESSION_REVOKED') return (ENDS as Record<string, string>)[reason] ?? words;
  const why = (REFUSALS as Record<string, string>)[reason];
  return why === undefined ? words : `${words}: ${why}`;
}
