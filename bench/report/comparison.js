import { randomInt } from 'node:crypto';
import { spreadOf } from './statistics.js';

/** What a comparison has unless it says otherwise; `BENCH_…` is above both. */
const DEFAULTS = { rounds: 8, seconds: 2, warmUp: 3 };

/**
 * Loads servers one after the other, in several rounds, each in an order of its own ({@link inAnyOrder}), so that
 * whatever else the machine does meets all of them. What is compared is compared within its round.
 *
 * Two rates are kept. `perSecond` is what a client sees. `perCoreSecond` is requests by the seconds of
 * its core that the server had, which for a server that fills its core is the same, but does not count
 * what other processes took from that core. Ratios are made of the latter, where the system tells it.
 *
 * @param subjects each `{ name, server, redis, prepare?, load(seconds, prepared) }`; what `prepare` does is
 * not measured, and `load` gives `{ requests, seconds, p50, p99 }`
 * @param reference the name of the subject that the others are held against
 */
export async function compare({ id, title, reference, subjects }) {
  return summarize({ id, title, reference, rounds: await measureRounds(subjects) });
}

/** Rounds of a comparison, of which `summarize` makes its table: of one start of the servers, or of several. */
export async function measureRounds(subjects, settings) {
  const { rounds: count, seconds, warmUp: warmUpSeconds } = settingsFrom(settings);
  for (const subject of subjects) await warmUp(subject, warmUpSeconds);
  const rounds = [];
  for (let round = 0; round < count; round += 1) {
    const figures = new Map();
    for (const subject of inAnyOrder(subjects))
      figures.set(subject.name, await measureOnce(subject, seconds));
    rounds.push(new Map(subjects.map(({ name }) => [name, figures.get(name)])));
  }
  return rounds;
}

function settingsFrom(settings) {
  const { BENCH_ROUNDS: rounds, BENCH_SECONDS: seconds, BENCH_WARM_UP: warmUp } = process.env;
  const asked = Object.entries({ rounds, seconds, warmUp }).filter(([, value]) => value);
  const numbers = asked.map(([name, value]) => [name, Number(value)]);
  return { ...DEFAULTS, ...settings, ...Object.fromEntries(numbers) };
}

/**
 * Shuffled: were the order the same but for where it begins, each subject would always follow the same other one, and
 * be compared with it by what that leaves behind.
 */
export function inAnyOrder(subjects) {
  const rest = [...subjects];
  return subjects.map(() => rest.splice(randomInt(rest.length), 1)[0]);
}

/** @param id by which goals and plans find the table, whatever its title becomes */
export function summarize({ id, title, reference, rounds }) {
  const names = [...rounds[0].keys()];
  const rows = names.map((name) => {
    const own = rounds.map((figures) => figures.get(name));
    return {
      subject: name,
      perSecond: spreadOf(own.map(({ perSecond }) => perSecond)),
      perCoreSecond: spreadOf(own.map(({ perCoreSecond }) => perCoreSecond)),
      ratio: spreadOf(
        rounds.map(
          (figures) => figures.get(name).perCoreSecond / figures.get(reference).perCoreSecond,
        ),
      ),
      /** By rounds: what any two rows are held against each other with. */
      rounds: own.map(({ perCoreSecond }) => perCoreSecond),
      redisCommands: spreadOf(own.map(({ redisCommands }) => redisCommands)).median,
      latency: {
        p50: spreadOf(own.map(({ p50 }) => p50)).median,
        p99: spreadOf(own.map(({ p99 }) => p99)).median,
      },
    };
  });
  return { id, title, reference, rounds: rounds.length, rows };
}

/**
 * For as long as is meant: a load of requests that are good for one time may be over sooner, and is made again. With
 * what prepares them, no longer than twice as long.
 */
async function warmUp({ prepare, load }, wanted) {
  const end = performance.now() + 2000 * wanted;
  let warmed = 0;
  while (warmed < wanted && performance.now() < end) {
    const { seconds } = await load(Math.ceil(wanted - warmed), await prepare?.());
    warmed += seconds;
  }
}

async function measureOnce({ server, redis, prepare, load }, seconds) {
  const prepared = await prepare?.();
  const commandsBefore = await redis.commands();
  const before = await server.cpuTime();
  const { requests, seconds: taken, p50, p99 } = await load(seconds, prepared);
  const after = await server.cpuTime();
  const commands = (await redis.commands()) - commandsBefore;
  const perSecond = requests / taken;
  return {
    perSecond,
    perCoreSecond: after === undefined ? perSecond : requests / (after - before),
    redisCommands: commands / requests,
    p50,
    p99,
  };
}
