import { open, type Database, type RootDatabase } from 'lmdb';
import { WalletSessionsError } from '../../errors.js';
import type { EverybodysList, WalletList } from '../../audit/store.js';
import type { Revocation, SessionId } from '../../sessions/session.js';
import type { SessionRecord } from '../../sessions/store.js';
import type { Partition } from '../../accounts/wallet.js';
import type { Challenge } from '../../sign-in/challenge.js';

/** What is on disk. Keys are tuples, so that what belongs together is one range. */
export interface Tables {
  readonly root: RootDatabase;
  /** The sessions of a partition side by side. */
  readonly sessions: Database<SessionRecord, [Partition, SessionId]>;
  /** The same sessions by their expiry: for the sweep. */
  readonly expiries: Database<true, [expiresAt: number, Partition, SessionId]>;
  /** Revocations of a partition in their order. */
  readonly revocations: Database<Revocation, [Partition, time: number, sequence: number]>;
  /** The same revocations by their time: for the sweep. */
  readonly revocationTimes: Database<true, [time: number, Partition, sequence: number]>;
  readonly challenges: Database<Challenge, string>;
  readonly challengeExpiries: Database<true, [expiresAt: number, nonceHash: string]>;
  /** Audit entries of everybody, by list, in the order in which they came: no two lists have the same key. */
  readonly audit: Readonly<
    Record<EverybodysList, Database<AuditEntryRow, [time: number, sequence: number]>>
  >;
  /** Those of each wallet, by list. */
  readonly walletAudit: Database<
    AuditEntryRow,
    [Partition, WalletList, time: number, sequence: number]
  >;
  /** The latter by their expiry: for the sweep. */
  readonly walletAuditExpiries: Database<
    true,
    [expiresAt: number, Partition, WalletList, time: number, sequence: number]
  >;
  /** What was counted in an hour, by name. */
  readonly counts: Database<number, [hour: number, name: string]>;
  /** The wallets seen in an hour. */
  readonly countedWallets: Database<true, [hour: number, Partition]>;
}

/** A sealed audit entry and when it goes. */
export interface AuditEntryRow {
  readonly sealed: Uint8Array;
  readonly expiresAt: number;
}

/** LMDB must know beforehand. */
const MOST_TABLES = 32;

/** Opens the tables in a directory that is there, and makes them where there are none. @throws Error of the file system */
export function openTables(directory: string): Tables {
  const root = open({
    path: directory,
    // What has a dot in its name would else be taken for a file.
    noSubdir: false,
    maxDbs: MOST_TABLES,
    // A commit is on disk when its promise resolves: what was acknowledged survives a crash.
    overlappingSync: false,
  });
  return {
    root,
    sessions: root.openDB({ name: 'sessions' }),
    expiries: root.openDB({ name: 'expiries' }),
    revocations: root.openDB({ name: 'revocations' }),
    revocationTimes: root.openDB({ name: 'revocation-times' }),
    challenges: root.openDB({ name: 'challenges' }),
    challengeExpiries: root.openDB({ name: 'challenge-expiries' }),
    audit: {
      history: root.openDB({ name: 'audit' }),
      activity: root.openDB({ name: 'audit-activity' }),
      attempts: root.openDB({ name: 'audit-attempts' }),
    },
    counts: root.openDB({ name: 'counts' }),
    countedWallets: root.openDB({ name: 'counted-wallets' }),
    walletAudit: root.openDB({ name: 'wallet-audit' }),
    walletAuditExpiries: root.openDB({ name: 'wallet-audit-expiries' }),
  };
}

/**
 * Runs a step as one transaction, on disk when the promise resolves.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` where it could not be committed
 */
export async function transact<Result>({ root }: Tables, step: () => Result): Promise<Result> {
  try {
    return await root.transaction(step);
  } catch (cause) {
    throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
  }
}

/** @throws WalletSessionsError `SERVICE_UNAVAILABLE` where the table could not be read */
export function read<Result>(get: () => Result): Promise<Result> {
  return new Promise((resolve, reject) => {
    try {
      resolve(get());
    } catch (cause) {
      reject(new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause }));
    }
  });
}
