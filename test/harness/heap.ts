import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A collection that frees at most this many bytes is the last. The bounds of the tests are ten times as high or more. */
const SETTLED = 50_000;

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

/** Enough that the heap does not grow by chance in each of them. */
const ROUNDS = 4;

/**
 * The bytes by which the heap grows in a round. What is kept makes it grow in every round, but caches, compiled code and
 * the remains of earlier tests do not. So this returns the growth of the first round that is below the bound, or the
 * least growth if none is.
 */
export async function growthPerRound(bound: number, round: () => Promise<void>): Promise<number> {
  let least = Infinity;
  let before = await heap();
  for (let count = 0; count < ROUNDS && least >= bound; count += 1) {
    await round();
    const after = await heap();
    least = Math.min(least, after - before);
    before = after;
  }
  return least;
}
