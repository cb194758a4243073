import { setTimeout as pause } from 'node:timers/promises';

/** Tries until it succeeds: for what nobody announces. Where it never does, the test times out. */
export async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await pause(20);
    }
  }
}
