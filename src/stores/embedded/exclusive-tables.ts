import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreInUseError } from '../open-store.js';
import { openTables, type Tables } from './tables.js';

/** Tables that no other store has open. */
export interface ExclusiveTables {
  readonly tables: Tables;
  readonly close: () => Promise<void>;
}

/** The directories that this process has open, through any copy of this package. */
const DIRECTORIES = Symbol.for('wallet-sessions.embedded.directories');

/**
 * Opens the tables exclusively, across processes and within this one. LMDB would share them, but a store reports
 * changes (to watchers, to the near-cache) only to its own users: a session ended through one store would remain
 * valid in another.
 * @throws StoreInUseError if the tables are already open
 * @throws Error of the file system
 */
export function openExclusively(directory: string): ExclusiveTables {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const release = claimInThisProcess(directory);
  let tables: Tables | undefined;
  try {
    assertRoom(directory);
    tables = openTables(directory);
    assertNoOtherProcess(tables, directory);
  } catch (error) {
    void tables?.root.close();
    release();
    throw error;
  }
  const { root } = tables;
  return {
    tables,
    async close() {
      await root.close();
      release();
    },
  };
}

/** Bytes that new tables take, and more. */
const ROOM = 256 * 1024;

/** Bytes of the lock file of LMDB, rounded up to whole pages. */
const LOCK_FILE_SIZE = 12 * 1024;

/**
 * Makes sure that there is room on the disk. LMDB writes to its lock file through memory: on a full disk, a part of it
 * that takes no room yet would end the process with SIGBUS. The file is therefore written here if there is none.
 * @throws Error of the file system, such as `ENOSPC` and `EROFS`
 */
function assertRoom(directory: string): void {
  const trial = join(directory, `room-${process.pid}`);
  try {
    writeFileSync(trial, Buffer.alloc(ROOM), { flush: true });
  } finally {
    rmSync(trial, { force: true });
  }
  try {
    writeFileSync(join(directory, 'lock.mdb'), Buffer.alloc(LOCK_FILE_SIZE), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function claimInThisProcess(directory: string): () => void {
  const ofThisProcess = globalThis as { [DIRECTORIES]?: Set<string> | undefined };
  const taken = ofThisProcess[DIRECTORIES] ?? new Set();
  ofThisProcess[DIRECTORIES] = taken;
  const place = realpathSync(directory);
  if (taken.has(place)) throw new StoreInUseError(directory);
  taken.add(place);
  return () => taken.delete(place);
}

/**
 * LMDB lists the processes that have read. Each holds a lock that the kernel releases when the process ends. LMDB
 * cannot distinguish processes of different containers.
 */
function assertNoOtherProcess({ root, sessions }: Tables, directory: string): void {
  // The first read adds this process to the list.
  Array.from(sessions.getKeys({ limit: 1 }));
  root.readerCheck();
  const processes = new Set(
    Array.from(root.readerList().matchAll(/^\s*(\d+)\s/gm), ([, id]) => Number(id)),
  );
  processes.delete(process.pid);
  if (processes.size > 0) throw new StoreInUseError(directory, [...processes]);
}
