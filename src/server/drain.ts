import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Lets a server stop without cutting anybody off. The function returned stops accepting connections,
 * lets the requests under way be answered, on connections that close with the answer, and resolves when
 * all are closed: also those that a client keeps open for its next request.
 */
export function prepareDrain(http: Server): () => Promise<void> {
  const unanswered = new Set<ServerResponse>();
  let draining = false;

  // One for all: it takes part in each request.
  function answered(this: ServerResponse): void {
    unanswered.delete(this);
    if (draining) http.closeIdleConnections();
  }

  // Before anybody answers.
  http.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    unanswered.add(response);
    if (draining) closeWith(response);
    response.on('close', answered);
  });

  return () =>
    new Promise((resolve) => {
      draining = true;
      // It closes those that are idle now, too.
      http.close(() => {
        resolve();
      });
      for (const response of unanswered) closeWith(response);
    });
}

function closeWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
