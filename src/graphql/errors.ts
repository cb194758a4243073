import { HeaderMap } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError, isValueNode, Kind } from 'graphql';
import { WalletSessionsError } from '../errors.js';
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
type PresentErrors = (
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

const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** How graphql ends the list of what is wrong with the variables of a request. Nothing else marks that error. */
const TOO_MANY_VARIABLE_ERRORS = 'Too many errors processing variables';

/**
 * The code that clients are told of an error. Apollo Server and graphql throw some errors without a code although the
 * client caused them; this is the one place that gives these a code. Any other error without a code is a defect of the
 * service: `INTERNAL_SERVER_ERROR`.
 */
export function codeOf(error: unknown): string {
  const { code } = (error as { extensions?: { code?: unknown } } | undefined)?.extensions ?? {};
  if (typeof code === 'string' && code !== INTERNAL) return code;
  if (code !== undefined || !(error instanceof GraphQLError)) return INTERNAL;
  return codeOfMistake(error) ?? INTERNAL;
}

/** The codes that clients are told of the errors. */
export function codesOf(errors: readonly object[] | undefined): string[] {
  return (errors ?? []).map(codeOf);
}

function codeOfMistake(error: GraphQLError): string | undefined {
  const { nodes, extensions, path, originalError, message } = error;
  // Apollo Server: persisted queries of another version, or whose hash is not that of their text.
  if (path === undefined && originalError === undefined && isRefusal(extensions['http']))
    return 'BAD_REQUEST';
  // graphql: a variable that does not fit its type, or an argument or directive that does not fit because of one.
  const [node] = nodes ?? [];
  if (nodes?.length === 1 && node !== undefined) {
    if (isValueNode(node) || node.kind === Kind.VARIABLE_DEFINITION) return 'BAD_USER_INPUT';
  } else if (path === undefined && message.startsWith(TOO_MANY_VARIABLE_ERRORS)) {
    return 'BAD_USER_INPUT';
  }
  return undefined;
}

/** Whether an error says that the request is to be answered with a 4xx. */
function isRefusal(http: unknown): boolean {
  const { status } = (http ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500;
}
