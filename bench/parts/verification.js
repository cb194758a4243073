import { compare } from '../report/comparison.js';
import { quantile } from '../report/statistics.js';
import { longestStops } from '../verification/longest-stop.js';
import { ordinaryMessage } from '../verification/signed-message.js';
import { parsers, verifiers } from '../verification/subjects.js';

export const verification = {
  name: 'verification',
  title: 'Reading and verifying a signed message, in this process, without HTTP and Redis',
  async run() {
    const message = ordinaryMessage();
    return [
      await compareInProcess('verified', 'A message verified in all', await verifiers(message)),
      await compareInProcess('read', 'A message read', parsers(message)),
      await longestStops(),
    ];
  },
};

function compareInProcess(id, title, works) {
  return compare({
    id,
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

/** Does the work over and over, and says how many milliseconds each took. */
async function timesOf(name, work, seconds) {
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const before = performance.now();
    if (!(await work())) throw new Error(`${name} does not verify the message.`);
    times.push(performance.now() - before);
  }
  return times;
}

function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
