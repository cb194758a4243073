import { setTimeout as pause } from 'node:timers/promises';

/** Longer than anything here takes on a busy machine: what has not come by then does not come. */
const PATIENCE = 90_000;

/**
 * Tries until it succeeds: for what nobody announces.
 * @throws what the last attempt threw, where none succeeds; whatever waits must not outlive its test
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
