import { openRecord } from '../record.js';
import type { Session } from '../session.js';
import type { SessionRecord } from '../store.js';
import type { Partition } from '../wallet.js';
import type { SessionDomain } from './domain.js';

/** The session in a record, or `undefined`, audited, where the record was tampered with. */
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
