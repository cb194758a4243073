import type { Clock } from '../../src/session/clock.js';

export interface FakeClock extends Clock {
  /** Moves time on, and runs what falls due on the way, in order and at its time. */
  advance(milliseconds: number): void;
}

/** A clock that stands still until the test moves it. It begins now, so that a store's TTLs fit. */
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
