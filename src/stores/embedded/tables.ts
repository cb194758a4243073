import { statSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { WalletSessionsError } from '../../errors.js';
import type { EverybodysList, WalletList } from '../../audit/store.js';
import type { Revocation, SessionId } from '../../sessions/session.js';
import type { SessionRecord } from '../../sessions/record.js';
import type { Partition } from '../../accounts/wallet.js';
import type { Challenge } from '../../sign-in/challenge.js';

/** The tables on disk. Keys are tuples, so that related rows form a range. */
export interface Tables {
  readonly root: RootDatabase;
  readonly disk: Disk;
  /** Sessions, grouped by partition. */
  readonly sessions: Database<SessionRecord, [Partition, SessionId]>;
  /** The same sessions by expiry, for collection. */
  readonly expiries: Database<true, [expiresAt: number, Partition, SessionId]>;
  /** The sessions of each partition by expiry, so that steps on a partition need not read all of its records. */
  readonly partitionExpiries: Database<true, [Partition, expiresAt: number, SessionId]>;
  /** Revocations of each partition, in their order. */
  readonly revocations: Database<Revocation, [Partition, time: number, sequence: number]>;
  /** The same revocations by time, for the sweep. */
  readonly revocationTimes: Database<true, [time: number, Partition, sequence: number]>;
  readonly challenges: Database<Challenge, string>;
  readonly challengeExpiries: Database<true, [expiresAt: number, nonceHash: string]>;
  /** Global audit entries by list, in the order of arrival. No two lists share a key. */
  readonly audit: Readonly<
    Record<EverybodysList, Database<AuditEntryRow, [time: number, sequence: number]>>
  >;
  /** Audit entries of each wallet, by list. */
  readonly walletAudit: Database<
    AuditEntryRow,
    [Partition, WalletList, time: number, sequence: number]
  >;
  /** The audit entries of wallets by expiry, for the sweep. */
  readonly walletAuditExpiries: Database<
    true,
    [expiresAt: number, Partition, WalletList, time: number, sequence: number]
  >;
  /** The counts of an hour, by name. */
  readonly counts: Database<number, [hour: number, name: string]>;
  /** The wallets seen in an hour. */
  readonly countedWallets: Database<true, [hour: number, Partition]>;
}

/** Whether changes reach the disk. */
export interface Disk {
  /** Whether the last commit failed, for example because the disk is full. */
  failing: boolean;
  /** @throws Error if the file of the tables was removed or replaced: what is written to it would be lost */
  assertInPlace(): void;
}

/** An encrypted audit entry and its expiry. */
export interface AuditEntryRow {
  readonly sealed: Uint8Array;
  readonly expiresAt: number;
}

/** LMDB needs the maximum when it opens the database. */
const MAX_TABLES = 32;

/**
 * Opens the tables in an existing directory, and creates those that are missing.
 * @throws Error of the file system
 */
export function openTables(directory: string): Tables {
  const root = open({
    path: directory,
    // Otherwise, a directory with a dot in its name is taken for a file.
    noSubdir: false,
    maxDbs: MAX_TABLES,
    // A commit is on disk when its promise resolves: acknowledged changes survive a crash.
    overlappingSync: false,
    // Otherwise, lmdb makes a promise for each batch that nobody can handle: a failed commit would end the process.
    eventTurnBatching: false,
  });
  try {
    // In one transaction: with one for each table, a start waits for the disk 13 times.
    const tables = root.transactionSync(() => tablesIn(root));
    return { ...tables, disk: diskOf(join(directory, 'data.mdb')) };
  } catch (error) {
    void root.close();
    throw error;
  }
}

function tablesIn(root: RootDatabase): Omit<Tables, 'disk'> {
  return {
    root,
    sessions: root.openDB({ name: 'sessions' }),
    expiries: root.openDB({ name: 'expiries' }),
    partitionExpiries: root.openDB({ name: 'partition-expiries' }),
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

function diskOf(file: string): Disk {
  const inodeOf = () => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
  const inode = inodeOf();
  return {
    failing: false,
    assertInPlace() {
      if (inodeOf() === inode) return;
      throw new Error(`${file} was removed or replaced. Put it back, and restart the service.`);
    },
  };
}

/**
 * Runs a step as one transaction, which is on disk when the promise resolves.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` if it could not be committed
 */
export async function transact<Result>(
  { root, disk }: Pick<Tables, 'root' | 'disk'>,
  step: () => Result,
): Promise<Result> {
  try {
    disk.assertInPlace();
    const result = await root.transaction(step);
    disk.failing = false;
    return result;
  } catch (error) {
    const reason = await commitErrorOf(error);
    disk.failing ||= reason !== undefined;
    const cause = reason ?? error;
    throw new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause });
  }
}

/** Resolves to the reason of a failed commit, which lmdb rejects apart from the error; `undefined` for other errors. */
async function commitErrorOf(error: unknown): Promise<Error | undefined> {
  const { commitError } = error as { readonly commitError?: Promise<never> };
  return commitError?.catch((reason: unknown) => reason as Error);
}

/**
 * Resolves if the tables can be read and, after a failed commit, if changes can be written again.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function assertUsable(tables: Tables): Promise<void> {
  const { root, disk, counts } = tables;
  await read(() => {
    disk.assertInPlace();
    root.getStats();
  });
  // The next sweep removes the row.
  if (disk.failing) await transact(tables, () => void counts.put([0, ''], 0));
}

/**
 * Reads from the tables.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE` if they could not be read
 */
export function read<Result>(get: () => Result): Promise<Result> {
  return new Promise((resolve, reject) => {
    try {
      resolve(get());
    } catch (cause) {
      reject(new WalletSessionsError('SERVICE_UNAVAILABLE', undefined, { cause }));
    }
  });
}

/** Sorts after every session id. */
const AFTER_ALL_IDS = '~' as SessionId;

/** Returns all sessions of the partition, including expired ones. */
export function sessionsOf({ sessions }: Tables, partition: Partition): SessionRecord[] {
  const range = sessions.getRange({
    start: [partition, ''],
    end: [partition, AFTER_ALL_IDS],
  });
  return Array.from(range, ({ value }) => value);
}

/** A session in the index of its partition. */
export interface Expiry {
  readonly id: SessionId;
  readonly expiresAt: number;
}

interface ExpiryPeriod {
  /** The first time. Default: no bound */
  readonly from?: number;
  /** The last time. Default: no bound */
  readonly until?: number;
  /** The maximum number of sessions. Default: no limit */
  readonly limit?: number;
}

/** Returns the sessions of the partition that expire in this period, in the order of their expiry and id. */
export function expiriesOf(
  { partitionExpiries }: Tables,
  partition: Partition,
  { from = 0, until = Number.MAX_SAFE_INTEGER, limit }: ExpiryPeriod = {},
): Expiry[] {
  const range = expiryRange(partition, from, until);
  const keys = partitionExpiries.getKeys({ ...range, ...(limit !== undefined && { limit }) });
  return Array.from(keys, ([, expiresAt, id]) => ({ id, expiresAt }));
}

/** Returns the number of sessions of the partition that expire at this time or later. */
export function countExpiriesFrom(tables: Tables, partition: Partition, from: number): number {
  const range = expiryRange(partition, from, Number.MAX_SAFE_INTEGER);
  return tables.partitionExpiries.getKeysCount(range);
}

function expiryRange(partition: Partition, from: number, until: number) {
  return {
    start: [partition, from, ''] as [Partition, number, SessionId],
    end: [partition, until, AFTER_ALL_IDS] as [Partition, number, SessionId],
  };
}

/** Writes a record and its entries in the indexes. Call within a transaction. */
export function putSession(tables: Tables, partition: Partition, record: SessionRecord): void {
  const { id, expiresAt } = record;
  const before = tables.sessions.get([partition, id]);
  void tables.sessions.put([partition, id], record);
  if (before?.expiresAt === expiresAt) return;
  if (before !== undefined) removeExpiry(tables, partition, before);
  void tables.expiries.put([expiresAt, partition, id], true);
  void tables.partitionExpiries.put([partition, expiresAt, id], true);
}

/** Removes the record of a session and its entries in the indexes. Call within a transaction. */
export function removeSession(tables: Tables, partition: Partition, session: Expiry): void {
  void tables.sessions.remove([partition, session.id]);
  removeExpiry(tables, partition, session);
}

function removeExpiry(tables: Tables, partition: Partition, { id, expiresAt }: Expiry): void {
  void tables.expiries.remove([expiresAt, partition, id]);
  void tables.partitionExpiries.remove([partition, expiresAt, id]);
}
