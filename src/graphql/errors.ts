import { HeaderMap } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { WalletSessionsError } from '../errors.js';
import { codeOf } from './error-code.js';
import { REFUSAL_STATUS } from '../http/refusal-status.js';
import { withoutSecrets } from '../redaction.js';
import type { ClientInfo } from '../sessions/session.js';

/** The domain's error as GraphQL knows errors. */
export function toGraphQLError(error: WalletSessionsError): GraphQLError {
  const http = httpOf(error);
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { ...extensionsOf(error), ...(http && { http }) },
  });
}

/** Throws what was thrown: as GraphQL knows errors, where it is the domain's. */
export function refuse(error: unknown): never {
  throw error instanceof WalletSessionsError ? toGraphQLError(error) : error;
}

function httpOf({ code, retryAfter }: WalletSessionsError) {
  const status = REFUSAL_STATUS[code];
  if (status === undefined) return undefined;
  const headers = new HeaderMap();
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
  return { status, headers };
}

/** What a client is told besides the message. */
function extensionsOf({ code, retryAfter }: WalletSessionsError) {
  return { code, ...(retryAfter !== undefined && { retryAfter }) };
}

export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** Takes an error that nobody else is told of, and whose request it belongs to, where that is known. */
export type ReportError = (error: unknown, source?: ClientInfo) => void;

/**
 * What an operator is to be told of an error in an answer: the error itself where its client is not told, or
 * what caused one that the client is told; `undefined` where there is no more to it.
 */
export function undisclosed(error: unknown): unknown {
  const original = unwrapResolverError(error);
  if (original instanceof WalletSessionsError) return original.cause;
  return isDisclosed(codeOf(error)) ? undefined : original;
}

/** Whether an error with that code is meant for clients. */
function isDisclosed(code: string): boolean {
  return code !== 'INTERNAL_SERVER_ERROR';
}

/** In characters. Messages quote what they refuse, which may be as long as a request. */
const MAX_MESSAGE_LENGTH = 1000;

/** Makes of an error what a client is told. */
export type PresentError = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

/**
 * Decides what clients are told: of an error that is meant for them, its message and code; of any other,
 * nothing but that it happened.
 * @param suggestions whether a client that misspelt a name is told the names that there are ("Did you mean …?")
 */
export function createErrorPresenter(suggestions: boolean): PresentError {
  return (formatted, error) => {
    const { locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    // A request that is refused as a whole has no path.
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (original instanceof WalletSessionsError) {
      return { message: original.message, ...place, extensions: extensionsOf(original) };
    }
    const code = codeOf(error);
    if (isDisclosed(code)) {
      const short = shortened(formatted.message);
      const message = suggestions ? short : withoutSuggestion(short);
      // It quotes what it could not read of document and variables.
      return { message: withoutSecrets(message), ...place, extensions: { code } };
    }
    return {
      message: 'Internal server error',
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
}

/** Makes of the errors of an answer what its client is told, and reports what the client is not told. */
export type PresentErrors = (
  errors: readonly GraphQLError[],
  source: ClientInfo,
) => GraphQLFormattedError[];

/** For answers that Apollo Server has no part in; of its own, it presents and reports likewise. */
export function presentAndReport(present: PresentError, report: ReportError): PresentErrors {
  return (errors, source) =>
    errors.map((error) => {
      const cause = undisclosed(error);
      if (cause !== undefined) report(cause, source);
      return present(error.toJSON(), error);
    });
}

function shortened(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH
    ? message
    : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
}

/** graphql adds them at the end of its messages, and cannot be told not to before version 17. */
function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean [^]*[?…]$/, '');
}
