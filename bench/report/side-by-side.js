import { quantile, spreadOf } from './statistics.js';

/**
 * Times single calls, one after the other, of the same act on several subjects by turns.
 * @param subjects by name, `act(index)`, which returns what is to be timed as a function; one that does it several
 * times has the number as its `times`
 * @returns for each name the medians of the rounds, in milliseconds
 */
export async function timeByTurns({ subjects, samples, warmUp = 30 }) {
  const times = new Map(Object.keys(subjects).map((name) => [name, []]));
  for (let index = 0; index < warmUp + samples; index += 1) {
    // Each is the first one every other time: what comes second finds caches in another state.
    const order = Object.entries(subjects);
    for (const [name, act] of index % 2 === 0 ? order : order.reverse()) {
      const timed = await act(index);
      const started = performance.now();
      await timed();
      const took = performance.now() - started;
      if (index >= warmUp) times.get(name).push(took / (timed.times ?? 1));
    }
  }
  return new Map([...times].map(([name, values]) => [name, quantile(values, 0.5)]));
}

/** The rounds of {@link timeByTurns} as measures: each subject, and the last by the first. */
export function measuresOf(act, rounds, goal) {
  const names = [...rounds[0].keys()];
  const [first, last] = [names[0], names.at(-1)];
  return [
    ...names.map((name) => ({
      name: `${act}, ${name}`,
      ...spreadOf(rounds.map((round) => round.get(name))),
      unit: 'ms',
    })),
    {
      name: `${act}, ${last} / ${first}`,
      ...spreadOf(rounds.map((round) => round.get(last) / round.get(first))),
      unit: 'times',
      ...(goal !== undefined && { goal }),
    },
  ];
}
