import type { ServerResponse } from 'node:http';
import type { Handler } from './router.js';

/** Where an orchestrator asks whether the process is alive: if not, it is to be started anew. */
export const LIVENESS_PATH = '/healthz';

/** Where a load balancer asks whether requests can be sent here. */
export const READINESS_PATH = '/readyz';

/** Whoever can answer is alive, whatever the store does: a restart would not mend that. */
export const live: Handler = (_request, response) => {
  answer(response, 200, 'alive');
};

/**
 * @param isLeaving whether the service has begun to stop
 * @param ping resolves where the store answers
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
