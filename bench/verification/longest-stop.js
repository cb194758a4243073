import { setImmediate } from 'node:timers';
import { quantile, single } from '../report/statistics.js';
import { longestMessages } from './signed-message.js';
import { implementations } from './subjects.js';

const MESSAGES = 1000;
/** How often each message is verified. */
const TRIES = 5;

/**
 * For how long one verification holds the event loop before it lets it turn. What a message needs takes as long each
 * time it is verified; a collection of garbage, or another process on the core, meets one try and not the next. So of
 * each message the least of its tries counts, and of all messages the longest.
 */
export async function longestStops() {
  const messages = longestMessages(MESSAGES);
  const measures = [];
  for (const [name, verify] of Object.entries(await implementations())) {
    const stopOf = (message) =>
      longestStop(async () => {
        if (!(await verify(message))) throw new Error(`${name} does not verify the message.`);
      });
    for (const message of messages) await stopOf(message);
    const [tries, least] = [[], messages.map(() => Infinity)];
    // One round after the other, so that what disturbs one try is over at the next.
    for (let round = 0; round < TRIES; round += 1) {
      for (const [position, message] of messages.entries()) {
        const stop = await stopOf(message);
        tries.push(stop);
        least[position] = Math.min(least[position], stop);
      }
    }
    const measure = (what, value) => ({ name: `${name}, ${what}`, ...single(value), unit: 'ms' });
    measures.push(
      measure('p50 of all tries', quantile(tries, 0.5)),
      measure('p99 of all tries', quantile(tries, 0.99)),
      measure(`longest of ${tries.length} tries`, quantile(tries, 1)),
      {
        ...measure(
          `longest of ${MESSAGES.toLocaleString('en-US')} messages, each by the least of ${TRIES} tries`,
          quantile(least, 1),
        ),
        goal: '≤ 2',
      },
    );
  }
  return {
    id: 'longest-stop',
    title: 'The longest messages verified, the most time in one go',
    measures,
  };
}

/**
 * The most milliseconds between two turns of the event loop while the work is done. Two clocks tell more than its
 * thread worked: that on the wall what other processes took, that of the processor what other threads of this one did
 * meanwhile (V8 compiles and collects garbage on those). It cannot have worked longer than either says.
 */
async function longestStop(work) {
  let [last, longest, isDone] = [readClocks(), 0, false];
  const mark = () => {
    const now = readClocks();
    const worked = Math.min(now.wall - last.wall, now.processor - last.processor);
    longest = Math.max(longest, worked);
    last = now;
  };
  const turned = () => {
    mark();
    if (!isDone) setImmediate(turned);
  };
  setImmediate(turned);
  await work();
  mark();
  isDone = true;
  return longest;
}

/** In milliseconds. */
function readClocks() {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), processor: (user + system) / 1000 };
}
