import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReportError } from '../graphql/errors.js';
import type { RequestSource } from '../session/session.js';

/** Answers one request. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  source: RequestSource,
) => Promise<unknown> | undefined;

export interface RouterOptions {
  /** Who answers at a path. */
  readonly routes: ReadonlyMap<string, Handler>;
  readonly sourceOf: (request: IncomingMessage) => RequestSource;
  readonly report: ReportError;
}

/** Sends each request to the handler of its path, with an id that the answer bears too. */
export function createRouter({ routes, sourceOf, report }: RouterOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const source = sourceOf(request);
    response.setHeader('x-request-id', source.requestId ?? '');
    const handle = routes.get(pathOf(request)) ?? notFound;
    const fail = (error: unknown) => {
      report(error, source);
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    };
    try {
      handle(request, response, source)?.catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

export const notFound: Handler = (_request, response) => {
  response.statusCode = 404;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end('Not found.\n');
};

function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
