import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema, GraphQLFormattedError } from 'graphql';
import type { DocumentRules, DocumentStore } from '../graphql/documents.js';
import { undisclosed, codesOf, type PresentError, type ReportError } from '../graphql/errors.js';
import type { WalletSessionsContext } from '../graphql/context.js';
import type { ApolloAnswers } from './observed-operations.js';
import type { PersistedQueries } from './persisted-queries.js';
import type { PreparedRequests } from './prepared-requests.js';
import Negotiator from 'negotiator';

interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly rules: DocumentRules;
  readonly documentStore: DocumentStore;
  readonly present: PresentError;
  readonly report: ReportError;
  readonly prepared: PreparedRequests;
  readonly persisted: PersistedQueries;
  /** Set if the operations are observed. */
  readonly answers?: ApolloAnswers | undefined;
}

/** Creates Apollo Server with CSRF prevention and without its landing page, which needs a CDN. */
export function createApolloServer(options: ApolloOptions) {
  const { schema, rules, documentStore, present, report, prepared, persisted, answers } = options;
  return new ApolloServer<WalletSessionsContext>({
    schema,
    parseOptions: rules.parseOptions,
    validationRules: [...rules.validationRules],
    validationOptions: rules.validationOptions,
    documentStore,
    // A validation rule refuses introspection if it is disabled.
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

/** By default, Apollo Server writes to the console and bypasses the redaction of the log. */
function loggerTo(report: ReportError) {
  const quiet = () => undefined;
  const note = (message: unknown) => {
    report(message instanceof Error ? message : new Error(String(message)));
  };
  return { debug: quiet, info: quiet, warn: note, error: note };
}

/** Reports errors that clients are not told, with the client of the request. */
function createReportPlugin(report: ReportError): ApolloServerPlugin<WalletSessionsContext> {
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

/** The value of `Retry-After` (RFC 9110 §10.2.3), in seconds, if a field was rate-limited. */
export function retryAfterOf(errors: readonly GraphQLFormattedError[]): string | undefined {
  const waits = errors
    .map(({ extensions }) => extensions?.['retryAfter'])
    .filter((wait) => typeof wait === 'number');
  return waits.length === 0 ? undefined : String(Math.max(...waits));
}

/** The nonce for the next proof of a key (RFC 9449 §8), if a field needs one. */
export function proofNonceOf(errors: readonly GraphQLFormattedError[]): string | undefined {
  const nonces = errors.map(({ extensions }) => extensions?.['nonce']);
  return nonces.find((nonce) => typeof nonce === 'string');
}

/** Sets `Retry-After` and `DPoP-Nonce` in the responses of Apollo Server. */
const retryAfterPlugin: ApolloServerPlugin = {
  requestDidStart() {
    return Promise.resolve({
      willSendResponse({ response: { http, body } }) {
        const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
        const retryAfter = retryAfterOf(errors);
        if (retryAfter !== undefined) http.headers.set('retry-after', retryAfter);
        const nonce = proofNonceOf(errors);
        if (nonce !== undefined) http.headers.set('dpop-nonce', nonce);
        return Promise.resolve();
      },
    });
  },
};

/** Codes of errors in well-formed requests. */
const WELL_FORMED = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);

/** In Apollo Server’s order of preference. */
const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'];

/**
 * GraphQL over HTTP, "application/json": a well-formed request is answered with 200 even if its document does not parse
 * or validate or its variables do not match, because a 4xx in that media type may come from an intermediary. Apollo Server
 * answers 400.
 */
const statusPlugin: ApolloServerPlugin = {
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
