import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { DocumentRules } from '../graphql/document-rules.js';
import type { DocumentStore } from '../graphql/document-store.js';
import type { PresentError, ReportError } from '../graphql/errors.js';
import type { WalletSessionsContext } from '../graphql/scope.js';
import type { ApolloAnswers } from './observed-http-operations.js';
import type { PersistedQueries } from './persisted-queries.js';
import type { PreparedRequests } from './prepared-requests.js';
import { createReportPlugin } from './report-plugin.js';
import { retryAfterPlugin } from './retry-after-plugin.js';
import { statusPlugin } from './status-plugin.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly rules: DocumentRules;
  readonly documentStore: DocumentStore;
  readonly present: PresentError;
  readonly report: ReportError;
  readonly prepared: PreparedRequests;
  readonly persisted: PersistedQueries;
  /** Where somebody watches the operations. */
  readonly answers?: ApolloAnswers | undefined;
}

/** Apollo Server, with its CSRF prevention and without its landing page, which needs a CDN. */
export function createApolloServer(options: ApolloOptions) {
  const { schema, rules, documentStore, present, report, prepared, persisted, answers } = options;
  return new ApolloServer<WalletSessionsContext>({
    schema,
    parseOptions: rules.parseOptions,
    validationRules: [...rules.validationRules],
    validationOptions: rules.validationOptions,
    documentStore,
    // A rule refuses it where it is off.
    introspection: true,
    persistedQueries: { cache: persisted.cache },
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: present,
    logger: loggerTo(report),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      statusPlugin,
      retryAfterPlugin,
      createReportPlugin(report),
      prepared.plugin,
      ...(answers === undefined ? [] : [answers.plugin]),
    ],
  });
}

/** Else it writes to the console, past the log and what keeps secrets out of it. */
function loggerTo(report: ReportError) {
  const quiet = () => undefined;
  const note = (message: unknown) => {
    report(message instanceof Error ? message : new Error(String(message)));
  };
  return { debug: quiet, info: quiet, warn: note, error: note };
}
