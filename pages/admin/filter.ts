import type { AllAuditEventsQueryVariables, AuditEventType } from '../generated/documents.js';
import { ALARMING, EVENTS } from './words.js';

export type AuditFilter = Pick<AllAuditEventsQueryVariables, 'types' | 'wallet' | 'ipAddress'>;

/** The kinds of events that can be selected. */
export const KINDS = [
  { name: 'all', title: 'All events', types: undefined },
  {
    name: 'sign-ins',
    title: 'Sign-ins',
    types: [
      'SESSION_CREATED',
      'SESSION_REAUTHENTICATED',
      'SESSION_DEVICE_BOUND',
      'SIGN_IN_REFUSED',
    ],
  },
  { name: 'challenges', title: 'Challenges', types: ['CHALLENGE_CREATED'] },
  { name: 'refreshes', title: 'Refreshes', types: ['SESSION_REFRESHED'] },
  { name: 'ends', title: 'Ended sessions', types: ['SESSION_REVOKED', 'SESSION_TOKEN_REUSED'] },
  {
    name: 'administration',
    title: 'Administration',
    types: ['ADMINISTRATION_PERFORMED', 'ADMINISTRATION_REFUSED'],
  },
  {
    name: 'tampering',
    title: 'Stolen or altered data',
    types: [
      'SESSION_TOKEN_REUSED',
      'SESSION_PROOF_REFUSED',
      'SESSION_RECORD_REFUSED',
      'AUDIT_LOG_ENTRY_REFUSED',
    ],
  },
] as const satisfies readonly {
  readonly name: string;
  readonly title: string;
  readonly types: readonly AuditEventType[] | undefined;
}[];

export const OUTCOMES = [
  { name: 'any', title: 'Any outcome' },
  { name: 'done', title: 'Done' },
  { name: 'refused', title: 'Refused or alarming' },
] as const;

export type Kind = (typeof KINDS)[number]['name'];
export type Outcome = (typeof OUTCOMES)[number]['name'];

/** The types of events of a kind with an outcome; `undefined` for all. */
export function typesOf(kind: Kind, outcome: Outcome): readonly AuditEventType[] | undefined {
  const ofKind: readonly AuditEventType[] | undefined = KINDS.find(
    ({ name }) => name === kind,
  )?.types;
  if (outcome === 'any') return ofKind;
  const types = ofKind ?? (Object.keys(EVENTS) as AuditEventType[]);
  return types.filter((type) => ALARMING.has(type) === (outcome === 'refused'));
}
