import type { OpenStore } from './open-store.js';

/**
 * Runs a call of the store and watches it.
 * @param call what is called, like `sessions.find`
 * @param run mostly returns a promise
 */
export type ObserveCall = <Result>(call: string, run: () => Result) => Result;

/** The same store, whose calls are observed. */
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
