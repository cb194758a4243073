import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { unansweredOf } from './unanswered.js';

/**
 * Lets a server stop without cutting anybody off. The function returned stops accepting connections,
 * lets the requests under way be answered, on connections that close with the answer, and resolves when
 * all are closed: also those that a client keeps open for its next request.
 */
export function prepareDrain(http: Server): () => Promise<void> {
  const unanswered = unansweredOf(http);
  let draining = false;

  unanswered.afterEach(() => {
    if (draining) http.closeIdleConnections();
  });
  // Before anybody answers.
  http.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (draining) closeWith(response);
  });

  return () =>
    new Promise((resolve) => {
      draining = true;
      // It closes those that are idle now, too.
      http.close(() => {
        resolve();
      });
      for (const response of unanswered.all()) closeWith(response);
    });
}

function closeWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
