import type { Clock } from '../../src/clock.js';

export interface FakeClock extends Clock {
  /** Advances the time and runs the callbacks that fall due, each at its time and in order. */
  advance(milliseconds: number): void;
}

/** A clock that only the test advances. It starts at the current time, so that the TTLs of Redis fit. */
export function createFakeClock(start = Date.now()): FakeClock {
  let now = start;
  const due = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => now,
    schedule(delay, callback) {
      const entry = { at: now + delay, callback };
      due.add(entry);
      return () => due.delete(entry);
    },
    advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        due.delete(next);
        now = Math.max(now, next.at);
        next.callback();
      }
      now = end;
    },
  };
}
