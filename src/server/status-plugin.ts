import type { ApolloServerPlugin } from '@apollo/server';
import Negotiator from 'negotiator';
import { codesOf } from '../graphql/error-code.js';

/** What can be wrong with the GraphQL in a request that is well-formed as one. */
const WELL_FORMED = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);

/** In the order of preference that Apollo Server has. */
const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'];

/**
 * GraphQL over HTTP, "application/json": a well-formed request is answered with 200 even if its document
 * does not parse or validate or its variables do not fit, since a 4xx in that media type may come from
 * anything on the way. Apollo Server answers 400.
 */
export const statusPlugin: ApolloServerPlugin = {
  requestDidStart() {
    return Promise.resolve({
      willSendResponse({ request, response, errors = [] }) {
        if (response.http.status !== 400) return Promise.resolve();
        if (!codesOf(errors).every((code) => WELL_FORMED.has(code))) return Promise.resolve();
        const accept = request.http?.headers.get('accept') ?? '*/*';
        const [mediaType] = new Negotiator({ headers: { accept } }).mediaTypes(MEDIA_TYPES);
        if (mediaType === 'application/json') response.http.status = 200;
        return Promise.resolve();
      },
    });
  },
};
