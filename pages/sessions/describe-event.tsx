import type { ReactNode } from 'react';
import type { ErrorCode } from '../../src/errors.js';
import type { Revocation, Session } from '../../client/src/index.js';
import type { IconName } from '../design/icon.js';
import type { AuditEventType } from '../generated/documents.js';
import { describeDevice } from './describe-device.js';
import type { NameDevice } from './device-names.js';
import type { EventGroup } from './group-events.js';

/** What an event is to the owner of the wallet. */
export interface EventDescription {
  readonly icon: IconName;
  readonly sentence: ReactNode;
  /** Whether it may be somebody else's doing. */
  readonly isSuspicious: boolean;
}

/** What a description depends on. */
export interface Surroundings {
  readonly current: Session;
  readonly nameDevice: NameDevice;
}

/** Each in one sentence, before the device if it goes on with one. */
const EVENTS: Record<Exclude<AuditEventType, 'SESSION_REVOKED'>, string> = {
  CHALLENGE_CREATED: 'Sign-in started on',
  SIGN_IN_REFUSED: 'Sign-in refused on',
  SESSION_CREATED: 'Signed in on',
  SESSION_REFRESHED: 'Stayed signed in on',
  SESSION_REAUTHENTICATED: 'Confirmed with the wallet on',
  SESSION_DEVICE_BOUND: 'The browser bound the session to its device:',
  SESSION_TOKEN_REUSED: 'A token was used twice, so it may have been stolen:',
  SESSION_PROOF_REFUSED: 'A token was used without its key, so it may have been stolen:',
  SESSION_RECORD_REFUSED: 'The stored session had been altered and was not accepted:',
  ADMINISTRATION_PERFORMED: 'An administrator viewed or revoked sessions',
  ADMINISTRATION_REFUSED: 'An administrative act was refused',
  AUDIT_LOG_ENTRY_REFUSED: 'A record of this activity had been altered and is not shown',
};

const WITHOUT_DEVICE: ReadonlySet<AuditEventType> = new Set([
  'ADMINISTRATION_PERFORMED',
  'ADMINISTRATION_REFUSED',
  'AUDIT_LOG_ENTRY_REFUSED',
]);

/** Why sessions ended that their owner did not sign out, after the word for them. */
const ENDS: Record<Exclude<Revocation['reason'], 'LOGOUT' | 'LOGOUT_ALL'>, string> = {
  TOKEN_REUSE: 'a token was used twice, so it may have been stolen',
  LIMIT_EXCEEDED: 'a newer sign-in took the place',
  EXPIRED: 'the session expired',
  ADMIN: 'an administrator revoked the session',
};

/** Why a sign-in was refused, where a person can make something of it. */
const REFUSALS: Partial<Record<ErrorCode, string>> = {
  SIGNATURE_INVALID: 'the signature was not from this wallet',
  NONCE_INVALID: 'its challenge was already used, or too old',
  MESSAGE_EXPIRED: 'the signed message was too old',
  DOMAIN_NOT_ALLOWED: 'the message was signed for another site',
  URI_NOT_ALLOWED: 'the message was signed for another site',
  CHAIN_NOT_ALLOWED: 'the wallet was on a network that is not allowed',
  SESSION_LIMIT_REACHED: 'the limit of sessions was reached',
  WALLET_MISMATCH: 'another wallet had signed',
};

const ICONS: Partial<Record<AuditEventType, IconName>> = {
  CHALLENGE_CREATED: 'signIn',
  SESSION_CREATED: 'signIn',
  SESSION_REFRESHED: 'refresh',
  SESSION_REAUTHENTICATED: 'shield',
  SESSION_REVOKED: 'signOut',
  ADMINISTRATION_PERFORMED: 'shield',
  ADMINISTRATION_REFUSED: 'shield',
};

const SUSPICIOUS: ReadonlySet<AuditEventType> = new Set([
  'SIGN_IN_REFUSED',
  'SESSION_TOKEN_REUSED',
  'SESSION_PROOF_REFUSED',
  'SESSION_RECORD_REFUSED',
  'AUDIT_LOG_ENTRY_REFUSED',
]);

/** The events in a person's words. */
export function describeEvents(group: EventGroup, surroundings: Surroundings): EventDescription {
  const [{ type, reason }] = group;
  return {
    icon: ICONS[type] ?? 'alert',
    sentence: sentenceOf(group, surroundings),
    isSuspicious: SUSPICIOUS.has(type) || reason === 'TOKEN_REUSE',
  };
}

function sentenceOf(group: EventGroup, surroundings: Surroundings): ReactNode {
  const [{ type, sessionId, reason, userAgent }] = group;
  if (type === 'SESSION_REVOKED') return sentenceOfEnd(group, surroundings);
  if (WITHOUT_DEVICE.has(type)) return EVENTS[type];
  const device = surroundings.nameDevice(sessionId) ?? describeDevice(userAgent);
  const why = reason === null ? undefined : (REFUSALS as Record<string, string>)[reason];
  return (
    <>
      {EVENTS[type]} <bdi>{device}</bdi>
      {why !== undefined && `: ${why}`}
      {group.length > 1 && ` (${group.length} times)`}
    </>
  );
}

function sentenceOfEnd(group: EventGroup, surroundings: Surroundings): ReactNode {
  const [{ reason }] = group;
  const why = (ENDS as Record<string, string | undefined>)[reason ?? ''];
  if (why === undefined) return sentenceOfSignOut(group, surroundings);
  return (
    <>
      Signed out {subjectOf(group, surroundings)}: {why}
    </>
  );
}

/** What an owner did: on the device itself, or from another one. An application may also sign a session out. */
function sentenceOfSignOut(group: EventGroup, surroundings: Surroundings): ReactNode {
  const { current, nameDevice } = surroundings;
  const [{ sessionId, bySessionId, userAgent }] = group;
  if (group.length === 1 && bySessionId !== null && bySessionId === sessionId) {
    return (
      <>
        Signed out on <bdi>{nameDevice(sessionId) ?? describeDevice(userAgent)}</bdi>
      </>
    );
  }
  const names = namesOf(group, surroundings);
  const from =
    bySessionId === current.id ? (
      'this device'
    ) : (
      <bdi>{nameDevice(bySessionId) ?? describeDevice(userAgent)}</bdi>
    );
  return (
    <>
      Signed out {subjectOf(group, surroundings)}
      {bySessionId !== null && <> from {from}</>}
      {names !== undefined && (
        <>
          : <bdi>{names}</bdi>
        </>
      )}
    </>
  );
}

/** The device, or the number of devices. */
function subjectOf(group: EventGroup, { nameDevice }: Surroundings): ReactNode {
  if (group.length > 1) return `of ${group.length} devices`;
  return <bdi>{nameDevice(group[0].sessionId) ?? 'another device'}</bdi>;
}

/** The names of several devices, if all are known. */
function namesOf(group: EventGroup, { nameDevice }: Surroundings): string | undefined {
  const names = group.map(({ sessionId }) => nameDevice(sessionId));
  return group.length > 1 && names.every((name) => name !== undefined)
    ? names.join(', ')
    : undefined;
}
