import { isSameWallet, type Wallet } from '../accounts/wallet.js';
import type { AuditEventType } from './events.js';
import type { AuditRecord } from './record.js';

/** Selects audit events. An event must match every property that is set. */
export interface AuditFilter {
  readonly types?: readonly AuditEventType[] | undefined;
  /** The wallet that the event concerns, or the administrator who acted. */
  readonly wallet?: Wallet | undefined;
  /** The IP address of the request, as it is recorded. */
  readonly ipAddress?: string | undefined;
}

/** Returns a test of events, or `undefined` if the filter selects all. */
export function createAuditTest({
  types,
  wallet,
  ipAddress,
}: AuditFilter): ((record: AuditRecord) => boolean) | undefined {
  if (types === undefined && wallet === undefined && ipAddress === undefined) return undefined;
  return (record) =>
    (types === undefined || types.includes(record.type)) &&
    (wallet === undefined || walletsOf(record).some((other) => isSameWallet(other, wallet))) &&
    (ipAddress === undefined || record.source.ipAddress === ipAddress);
}

function walletsOf({ wallet, actor }: AuditRecord): Wallet[] {
  const wallets: Wallet[] = wallet === undefined ? [] : [wallet];
  return typeof actor === 'object' ? [...wallets, actor] : wallets;
}
