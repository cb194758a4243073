import type { ApolloServerPlugin } from '@apollo/server';
import { undisclosed, type ReportError } from '../graphql/errors.js';
import type { WalletSessionsContext } from '../graphql/scope.js';

/** Reports what goes wrong in an operation and clients are not told, with the request that it belongs to. */
export function createReportPlugin(report: ReportError): ApolloServerPlugin<WalletSessionsContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didEncounterErrors({ errors, contextValue }) {
          for (const error of errors.map(undisclosed)) {
            if (error !== undefined) report(error, contextValue.walletSessions.source);
          }
          return Promise.resolve();
        },
      }),
    unexpectedErrorProcessingRequest({ error, requestContext: { contextValue } }) {
      report(error, contextValue.walletSessions.source);
      return Promise.resolve();
    },
  };
}
