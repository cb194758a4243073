/** The only source of time in the domain, so that a test can own it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, `delay` milliseconds from now; the function returned cancels it. */
  schedule(delay: number, callback: () => void): () => void;
}

/** `setTimeout` fires at once for anything longer than this. */
const MAX_DELAY = 2 ** 31 - 1;

/** The machine's clock. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delay, callback) {
    const timer = setTimeout(callback, Math.min(delay, MAX_DELAY)).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
