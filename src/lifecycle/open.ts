import { openRecord } from '../sessions/record.js';
import type { Session } from '../sessions/session.js';
import type { SessionRecord } from '../sessions/store.js';
import type { Partition } from '../accounts/wallet.js';
import type { SessionDomain } from './domain.js';

/** Returns the session in a record. If the record was tampered with, audits that and returns `undefined`. */
export function openSession(
  { keys, policy, clock, audit }: Pick<SessionDomain, 'keys' | 'policy' | 'clock' | 'audit'>,
  partition: Partition,
  record: SessionRecord,
): Session | undefined {
  const session = openRecord(keys, policy, partition, record);
  if (session === undefined) {
    audit({ type: 'session.record-refused', at: clock.now(), partition, sessionId: record.id });
  }
  return session;
}
