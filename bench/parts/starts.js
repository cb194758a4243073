import { measureRounds } from '../report/comparison.js';
import { withServers } from './servers.js';

const STARTS = Number(process.env.BENCH_STARTS ?? 5);
/** Many short ones: how fast the machine is changes within seconds, and only what is close in time is comparable. */
const ROUNDS_A_START = Number(process.env.BENCH_ROUNDS ?? 6);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 1);

/**
 * Rounds of a comparison of servers, which are all started several times: how fast one process is differs from start
 * to start, by what is where in its memory, and that is as much as what is measured here.
 * @param subjectsOf the subjects of a comparison, made of the servers
 * @param times how many times as often as usual, for servers that are nearly equal
 */
export async function measureOverStarts(peers, subjectsOf, times = 1) {
  const rounds = [];
  const measure = (servers) => measureRounds(subjectsOf(servers), ROUNDS_A_START, SECONDS);
  for (let start = 0; start < STARTS * times; start += 1) {
    rounds.push(...(await withServers(peers, measure)));
  }
  return rounds;
}
