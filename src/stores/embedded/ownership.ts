import { mkdirSync, realpathSync } from 'node:fs';
import { StoreInUseError } from '../open-store.js';
import { openTables, type Tables } from './tables.js';

/** The tables of a directory that nobody else has open. */
export interface OwnedTables {
  readonly tables: Tables;
  readonly close: () => Promise<void>;
}

/** Where the stores are that this process has open, through whichever copy of this package. */
const DIRECTORIES = Symbol.for('wallet-sessions.embedded.directories');

/**
 * Opens the tables for this store alone: no other process has them, nor another store in this one. LMDB would let them,
 * but what a store tells of changes (to watchers, to the near-cache) it tells its own holders: a session ended through
 * another one would be let in here.
 * @throws StoreInUseError where somebody has them open
 * @throws Error of the file system
 */
export function openOwnTables(directory: string): OwnedTables {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const release = takeInThisProcess(directory);
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

function takeInThisProcess(directory: string): () => void {
  const ofThisProcess = globalThis as { [DIRECTORIES]?: Set<string> | undefined };
  const taken = ofThisProcess[DIRECTORIES] ?? new Set();
  ofThisProcess[DIRECTORIES] = taken;
  const place = realpathSync(directory);
  if (taken.has(place)) throw new StoreInUseError(directory);
  taken.add(place);
  return () => taken.delete(place);
}

/**
 * LMDB lists the processes that have read, each with a lock that the kernel takes away when the process ends,
 * however it ends. It cannot tell processes of different containers apart.
 */
function assertNoOtherProcess({ root, sessions }: Tables, directory: string): void {
  // From the first read on, this process is on the list.
  Array.from(sessions.getKeys({ limit: 1 }));
  root.readerCheck();
  const processes = new Set(
    Array.from(root.readerList().matchAll(/^\s*(\d+)\s/gm), ([, id]) => Number(id)),
  );
  processes.delete(process.pid);
  if (processes.size > 0) throw new StoreInUseError(directory, [...processes]);
}
