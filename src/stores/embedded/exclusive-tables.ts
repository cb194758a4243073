import { mkdirSync, realpathSync } from 'node:fs';
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
