import type { Handler } from './router.js';

/**
 * Wraps the handler of a route that is not GraphQL, so that each of its requests is observed. Called once for each route, so
 * that what can be prepared costs a request nothing.
 * @param route the path as the code has it, `/api/sign-in`
 */
export type ObserveRoute = (route: string, handle: Handler) => Handler;

export const REQUEST_OUTCOMES = ['answered', 'refused', 'failed'] as const;

/** Whether a request was answered, refused because of the client (4xx), or failed (5xx). */
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

export function outcomeOfStatus(status: number): RequestOutcome {
  if (status < 400) return 'answered';
  return status < 500 ? 'refused' : 'failed';
}

/** Combines several observers. */
export function observeRouteByAll(observers: readonly ObserveRoute[]): ObserveRoute {
  return (route, handle) =>
    observers.reduce((observed, observe) => observe(route, observed), handle);
}

/** Preflights are answered before a handler sees them, and say nothing of its operation. */
export const PREFLIGHT_METHOD = 'OPTIONS';
