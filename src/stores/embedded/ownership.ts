import { StoreInUseError } from '../open-store.js';
import type { Tables } from './tables.js';

/**
 * Sees to it that no other process has the store open. LMDB would let it, but what the store tells of changes
 * (to watchers, to the near-cache) it tells in this process alone: a session ended by another one would be let
 * in here.
 *
 * LMDB lists the processes that have read, each with a lock that the kernel takes away when the process ends,
 * however it ends. It cannot tell processes of different containers apart.
 * @throws StoreInUseError where there is another one
 */
export function assertAlone({ root, sessions }: Tables, directory: string): void {
  // From the first read on, this process is on the list.
  Array.from(sessions.getKeys({ limit: 1 }));
  root.readerCheck();
  const processes = new Set(
    Array.from(root.readerList().matchAll(/^\s*(\d+)\s/gm), ([, id]) => Number(id)),
  );
  processes.delete(process.pid);
  if (processes.size > 0) throw new StoreInUseError(directory, [...processes]);
}
