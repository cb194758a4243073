import { setTimeout as pause } from 'node:timers/promises';

/** The time limit in milliseconds, which is enough on a busy machine. */
const PATIENCE = 90_000;

/**
 * Repeats the attempt until it succeeds. Use it only for a state that no event announces.
 * @throws the error of the last attempt, if none succeeds within the time limit
 */
export async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const giveUpAt = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await pause(20);
    }
  }
}
