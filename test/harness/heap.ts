import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that a collection may free without there being more to free. */
const SETTLED = 1000;

/** Bytes of living objects in this process, when the collector finds no more to free. */
export async function heap(): Promise<number> {
  let [before, after] = [Infinity, process.memoryUsage().heapUsed];
  while (after < before - SETTLED) {
    // What a cycle leaves for a timer or a socket to let go has its turn.
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    collectGarbage();
    [before, after] = [after, process.memoryUsage().heapUsed];
  }
  return after;
}
