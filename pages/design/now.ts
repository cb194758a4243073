import { useSyncExternalStore } from 'react';

const INTERVAL = 20_000;

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, INTERVAL);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of [...listeners]) listener();
}

/** The time, in milliseconds, which moves on three times a minute: with one timer for everything that shows times. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
