import { Counter, type Registry } from 'prom-client';
import { ERROR_CODES } from '../../errors.js';
import { AUDIT_EVENT_TYPES, type Audit, type AuditEventType } from '../../audit/events.js';
import { REVOCATION_REASONS } from '../../sessions/session.js';

/** The reasons of the events that have one. */
const REASONS: Partial<Record<AuditEventType, readonly string[]>> = {
  'sign-in.refused': Object.keys(ERROR_CODES),
  'session.revoked': REVOCATION_REASONS,
  'administration.refused': ['FORBIDDEN', 'REAUTHENTICATION_REQUIRED'],
};

/** Counts what happens to sessions at this instance. */
export function countAuditEvents(registry: Registry): Audit {
  const events = new Counter({
    name: 'wallet_sessions_audit_events_total',
    help: 'Audit events of this instance, by their type and, where something was refused or ended, the reason.',
    labelNames: ['type', 'reason'],
    registers: [registry],
  });
  // From 0, so that the first one is seen as an increase.
  for (const type of AUDIT_EVENT_TYPES) {
    for (const reason of REASONS[type] ?? ['']) events.inc({ type, reason }, 0);
  }
  return (event) => {
    events.inc({ type: event.type, reason: 'reason' in event ? event.reason : '' });
  };
}
