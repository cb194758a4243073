import type { OpenStore } from './open-store.js';

/**
 * Runs a call of the store and observes it.
 * @param call the name of the call, like `sessions.find`
 * @param run the call, which usually returns a promise
 */
export type ObserveCall = <Result>(call: string, run: () => Result) => Result;

/** Decorates a store: its calls are observed. */
export function observeStore(store: OpenStore, observe: ObserveCall): OpenStore {
  const { sessions, revocations, challenges, rateLimits, audit, statistics } = store;
  return {
    ...store,
    sessions: observeCalls('sessions', sessions, observe),
    revocations: observeCalls('revocations', revocations, observe),
    challenges: observeCalls('challenges', challenges, observe),
    rateLimits: observeCalls('rateLimits', rateLimits, observe),
    audit: observeCalls('audit', audit, observe),
    statistics: observeCalls('statistics', statistics, observe),
  };
}

function observeCalls<Part extends object>(name: string, part: Part, observe: ObserveCall): Part {
  const methods = Object.entries(part).map(([method, call]: [string, unknown]) => [
    method,
    typeof call === 'function'
      ? (...args: unknown[]) =>
          observe(`${name}.${method}`, () => Reflect.apply(call, part, args) as unknown)
      : call,
  ]);
  return Object.fromEntries(methods) as Part;
}
