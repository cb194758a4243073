/** The only source of time in the domain, so that tests can control it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once after `delay` milliseconds. The returned function cancels it. */
  schedule(delay: number, callback: () => void): () => void;
}

/** `setTimeout` fires immediately for longer delays. */
const MAX_DELAY = 2 ** 31 - 1;

/** The system clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delay, callback) {
    const timer = setTimeout(callback, Math.min(delay, MAX_DELAY)).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
