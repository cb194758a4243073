import type { ApolloServerPlugin } from '@apollo/server';

/** Says in `Retry-After` (RFC 9110 §10.2.3) how long to wait, where a field was limited. */
export const retryAfterPlugin: ApolloServerPlugin = {
  requestDidStart() {
    return Promise.resolve({
      willSendResponse({ response: { http, body } }) {
        const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
        const waits = errors
          .map(({ extensions }) => extensions?.['retryAfter'])
          .filter((wait) => typeof wait === 'number');
        if (waits.length > 0) http.headers.set('retry-after', String(Math.max(...waits)));
        return Promise.resolve();
      },
    });
  },
};
