import { WORKLOAD } from './workload.js';

/** The same numbers in every run (mulberry32): a page that is made from them must not change by itself. */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const untilNext = (random, rate) => -Math.log(1 - random()) / rate;

/**
 * What part of the validations asks Redis: sessions that ask at random moments, whose last-seen time is
 * moved once in its interval, which every instance that knows the session is told.
 * @param route which instance a request goes to: `sticky`, always the same; `spread`, any of them
 */
export function simulateMisses({ instances, route, sessions = 300, seconds = 1800 }) {
  const random = createRandom(1);
  let [requests, misses] = [0, 0];
  for (let session = 0; session < sessions; session += 1) {
    const home = Math.floor(random() * instances);
    let knownAt = new Set();
    let seen = -Infinity;
    let time = untilNext(random, WORKLOAD.requestsOfAnActiveSession);
    while (time < seconds) {
      const instance = route === 'sticky' ? home : Math.floor(random() * instances);
      requests += 1;
      if (!knownAt.has(instance)) misses += 1;
      knownAt.add(instance);
      if (time - seen >= WORKLOAD.secondsBetweenLastSeen) {
        seen = time;
        knownAt = new Set();
      }
      time += untilNext(random, WORKLOAD.requestsOfAnActiveSession);
    }
  }
  return misses / requests;
}

/** The same by thought: between two updates, each instance that is asked at all asks Redis once. */
export function expectedMisses({ instances, route }) {
  // The request that moves last-seen comes first after the interval, and counts as well.
  const asked = WORKLOAD.secondsBetweenLastSeen * WORKLOAD.requestsOfAnActiveSession + 1;
  const places = route === 'sticky' ? 1 : instances;
  return (places * (1 - (1 - 1 / places) ** asked)) / asked;
}

/**
 * How long a command waits and runs at one shard, in microseconds, at a given use of its core: arrivals at
 * random, one at a time, each as long as measured.
 * @param mix `[share, microseconds]` of each kind of command
 */
export function simulateShard({ mix, use, commands = 100_000 }) {
  const random = createRandom(2);
  const mean = mix.reduce((sum, [share, cost]) => sum + share * cost, 0);
  const times = [];
  let [clock, free] = [0, 0];
  for (let count = 0; count < commands; count += 1) {
    clock += untilNext(random, use / mean);
    let pick = random();
    const [, cost] = mix.find(([share]) => (pick -= share) < 0) ?? mix[0];
    free = Math.max(clock, free) + cost;
    times.push(free - clock);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(commands * 0.5)], p99: times[Math.floor(commands * 0.99)] };
}
