/** The client's only source of time, so that a test can own it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls `callback` once, `delay` milliseconds from now; the function returned cancels it. In the
   * background it does not keep a Node process alive.
   */
  schedule(delay: number, callback: () => void, background?: boolean): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delay, callback, background = false) {
    const timer: unknown = setTimeout(callback, delay);
    if (background) (timer as { unref?(): void }).unref?.();
    return () => {
      clearTimeout(timer as never);
    };
  },
};
