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
        'The longest message verified, time in one go',
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

/**
 * For how long one verification holds the event loop, of which it lets go only at its end: by the clock of
 * the processor, since on a machine that does other things as well a wall clock tells of those.
 */
async function longestStops(title, works) {
  const measures = [];
  for (const [name, work] of Object.entries(works)) {
    await timesOf(name, work, 1);
    const times = await timesOf(name, work, 3, () => cpuSeconds() * 1000);
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

/** Does the work over and over, and says how many milliseconds of the clock each took. */
async function timesOf(name, work, seconds, clock = () => performance.now()) {
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const before = clock();
    if (!(await work())) throw new Error(`${name} does not verify the message.`);
    times.push(clock() - before);
  }
  return times;
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
