import { measureRounds } from '../report/comparison.js';
import { withServers } from './servers.js';

const STARTS = Number(process.env.BENCH_STARTS ?? 5);
/** Many short ones: how fast the machine is changes within seconds, and only what is close in time is comparable. */
const ROUNDS_A_START = 4;
const SECONDS = 1;
const WARM_UP_SECONDS = 2;

/**
 * Rounds of comparisons of servers, which are all started several times: how fast one process is differs from start
 * to start, by what is where in its memory, and that is as much as what is measured here.
 * @param comparisons each a function that makes the subjects of a comparison of the servers
 * @param settings `times`, how many times as often as usual they are started, for servers that are nearly equal;
 * `rounds` of each start and `warmUp`, where what is measured takes long to prepare
 * @returns the rounds of each comparison
 */
export async function measureAllOverStarts(
  peers,
  comparisons,
  { times = 1, rounds: count = ROUNDS_A_START, warmUp = WARM_UP_SECONDS } = {},
) {
  const rounds = comparisons.map(() => []);
  for (let start = 0; start < STARTS * times; start += 1) {
    await withServers(peers, async (servers) => {
      for (const [position, subjectsOf] of comparisons.entries()) {
        const settings = { rounds: count, seconds: SECONDS, warmUp };
        rounds[position].push(...(await measureRounds(await subjectsOf(servers), settings)));
      }
    });
  }
  return rounds;
}

/** The same of one comparison. */
export async function measureOverStarts(peers, subjectsOf, settings) {
  const [rounds] = await measureAllOverStarts(peers, [subjectsOf], settings);
  return rounds;
}
