import type { ServerResponse } from 'node:http';
import type { Handler } from './router.js';

/** Liveness check of orchestrators: a process that fails it is restarted. */
export const LIVENESS_PATH = '/healthz';

/** Readiness check of load balancers. */
export const READINESS_PATH = '/readyz';

/** Succeeds whenever the process can answer, even if the store is down: a restart would not help. */
export const live: Handler = (_request, response) => {
  answer(response, 200, 'alive');
};

/**
 * @param isLeaving whether the service has begun to stop
 * @param ping resolves if the store answers
 */
export function createReadiness(isLeaving: () => boolean, ping: () => Promise<void>): Handler {
  return async (_request, response) => {
    if (isLeaving()) {
      answer(response, 503, 'stopping');
      return;
    }
    await ping().then(
      () => {
        answer(response, 200, 'ready');
      },
      () => {
        answer(response, 503, 'the session store cannot be reached');
      },
    );
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(`${text}\n`);
}
