import { instanceWith } from './setting-types.js';

/** The only source of time in the domain, so that tests can control it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once after `delay` milliseconds. The returned function cancels it. */
  schedule(delay: number, callback: () => void): () => void;
}

/** A clock as an option. */
export const clockType = instanceWith<Clock>(
  'Clock',
  ['now', 'schedule'],
  'must be a clock, { now, schedule }',
);

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

/** How the clock of a store differs from the clock of this process. */
export interface StoreClock {
  /** Milliseconds by which the store's clock is ahead of the system clock of this process; negative if it is behind. */
  ahead(): number;
}

/** The clock of a store that runs in this process. */
export const NO_SKEW: StoreClock = { ahead: () => 0 };

/**
 * The clock that decides about sessions: the store's, which all instances share. Instances whose system clocks differ
 * therefore agree about grace periods and expiries. Reading it costs one addition.
 */
export function clockOf(
  { clock }: { readonly clock: StoreClock },
  local: Clock = systemClock,
): Clock {
  return {
    now: () => local.now() + clock.ahead(),
    schedule: (delay, callback) => local.schedule(delay, callback),
  };
}
