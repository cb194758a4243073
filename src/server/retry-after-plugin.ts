import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';

/** How many seconds to wait, as `Retry-After` says it (RFC 9110 §10.2.3), where a field was limited. */
export function retryAfterOf(errors: readonly GraphQLFormattedError[]): string | undefined {
  const waits = errors
    .map(({ extensions }) => extensions?.['retryAfter'])
    .filter((wait) => typeof wait === 'number');
  return waits.length === 0 ? undefined : String(Math.max(...waits));
}

/** Says it in the answers of Apollo Server. */
export const retryAfterPlugin: ApolloServerPlugin = {
  requestDidStart() {
    return Promise.resolve({
      willSendResponse({ response: { http, body } }) {
        const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
        const retryAfter = retryAfterOf(errors);
        if (retryAfter !== undefined) http.headers.set('retry-after', retryAfter);
        return Promise.resolve();
      },
    });
  },
};
