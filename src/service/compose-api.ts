import type { Config } from '../config/read.js';
import { readTrustedDocuments } from '../config/trusted-documents.js';
import { createDocumentBudget } from '../graphql/document-limits.js';
import { createDocumentRules, createDocuments } from '../graphql/documents.js';
import { createErrorPresenter, type ReportError } from '../graphql/errors.js';
import { buildWalletSessionsSchema } from '../graphql/schema.js';
import { createApolloServer } from '../server/apollo.js';
import type { HttpObservation } from '../server/graphql-over-http.js';
import type { GraphQLServerOptions } from '../server/http-server.js';
import { createPersistedQueries } from '../server/persisted-queries.js';
import { createPreparedRequests } from '../server/prepared-requests.js';

/** The API, independent of the transport. */
export type Api = Pick<
  GraphQLServerOptions,
  'apollo' | 'schema' | 'documents' | 'persisted' | 'prepared' | 'trusted' | 'present'
>;

/**
 * Builds the schema and the rules for documents, and starts Apollo Server.
 * @throws Error of `node:fs` if the trusted documents cannot be read
 */
export async function composeApi(
  config: Pick<
    Config,
    'documentLimits' | 'documentRate' | 'introspection' | 'preparedRequests' | 'trustedDocuments'
  >,
  report: ReportError,
  observation: HttpObservation | undefined,
): Promise<Api> {
  const schema = buildWalletSessionsSchema();
  const trusted = await readTrustedDocuments(config.trustedDocuments?.files);
  const limits = createDocumentRules(config.documentLimits, config.introspection);
  const rules =
    config.trustedDocuments?.only === true
      ? { ...limits, validationRules: [...limits.validationRules, trusted.rule] }
      : limits;
  const documents = createDocuments({
    schema,
    rules,
    budget: createDocumentBudget(config.documentRate),
  });
  const persisted = createPersistedQueries(trusted);
  const present = createErrorPresenter(config.introspection);
  const prepared = createPreparedRequests({ schema, size: config.preparedRequests });
  const answers = observation?.answers;
  const apollo = createApolloServer({
    schema,
    rules,
    documentStore: documents.store,
    present,
    report,
    prepared,
    persisted,
    answers,
  });
  await apollo.start();
  return { apollo, schema, documents, persisted, prepared, trusted, present };
}
