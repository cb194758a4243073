import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A collection that frees at most this many bytes is the last. */
const SETTLED = 1000;

/** The bytes of live objects in this process after the garbage collector finds no more to free. */
export async function heap(): Promise<number> {
  let [before, after] = [Infinity, process.memoryUsage().heapUsed];
  while (after < before - SETTLED) {
    // Lets timers and sockets release their references.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    collectGarbage();
    [before, after] = [after, process.memoryUsage().heapUsed];
  }
  return after;
}
