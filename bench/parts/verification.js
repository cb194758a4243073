import { setImmediate } from 'node:timers';
import { compare } from '../report/comparison.js';
import { quantile, single } from '../report/statistics.js';
import { longestMessage, ordinaryMessage } from '../verification/signed-message.js';
import { ours, parsers, verifiers } from '../verification/subjects.js';

export const verification = {
  name: 'verification',
  title: 'Reading and verifying a signed message, in this process, without HTTP and Redis',
  async run() {
    const message = ordinaryMessage();
    return [
      await compareInProcess('A message verified in all', await verifiers(message)),
      await compareInProcess('A message read', parsers(message)),
      await longestStops(
        'The longest message verified, the most time in one go',
        await ours(longestMessage()),
      ),
    ];
  },
};

function compareInProcess(title, works) {
  return compare({
    title,
    reference: 'siwe',
    subjects: Object.entries(works).map(([name, work]) => ({
      name,
      server: { cpuTime: () => Promise.resolve(cpuSeconds()) },
      redis: { commands: () => Promise.resolve(0) },
      load: async (seconds) => {
        const times = await timesOf(name, work, seconds);
        return {
          requests: times.length,
          seconds: times.reduce((sum, time) => sum + time, 0) / 1000,
          p50: quantile(times, 0.5),
          p99: quantile(times, 0.99),
        };
      },
    })),
  });
}

/** For how long at most one verification holds the event loop before it lets it turn. */
async function longestStops(title, works) {
  const measures = [];
  for (const [name, work] of Object.entries(works)) {
    await timesOf(name, work, 1);
    const times = await measured(name, work, 3, longestStop);
    const measure = (what, q) => ({
      name: `${name}, ${what}`,
      ...single(quantile(times, q)),
      unit: 'ms',
    });
    measures.push(
      measure('p50', 0.5),
      { ...measure('p99', 0.99), goal: '< 2' },
      measure(`longest of ${times.length}`, 1),
    );
  }
  return { title, measures };
}

/** Does the work over and over, and says how many milliseconds each took. */
function timesOf(name, work, seconds) {
  return measured(name, work, seconds, async (workOnce) => {
    const before = performance.now();
    await workOnce();
    return performance.now() - before;
  });
}

async function measured(name, work, seconds, measure) {
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const time = await measure(async () => {
      if (!(await work())) throw new Error(`${name} does not verify the message.`);
    });
    times.push(time);
  }
  return times;
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
  return { wall: performance.now(), processor: cpuSeconds() * 1000 };
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
