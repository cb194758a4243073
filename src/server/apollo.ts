import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { presentError, type ReportError } from '../graphql/errors.js';
import type { WalletSessionsContext } from '../graphql/scope.js';
import { statusPlugin } from './status-plugin.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  /** Gets each error that a client is not told. */
  readonly report: ReportError;
}

/** Apollo Server, with its CSRF prevention and without its landing page, which needs a CDN. */
export function createApolloServer({ schema, introspection, report }: ApolloOptions) {
  return new ApolloServer<WalletSessionsContext>({
    schema,
    introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => presentError(formatted, error, report),
    plugins: [ApolloServerPluginLandingPageDisabled(), statusPlugin],
  });
}
