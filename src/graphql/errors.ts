import { GraphQLError, isValueNode, Kind, type GraphQLFormattedError } from 'graphql';
import { causeToReport, WalletSessionsError } from '../errors.js';
import { proofChallenge, REFUSAL_STATUS } from '../http/refusal.js';
import { withoutSecrets } from '../redaction.js';
import type { ClientInfo } from '../sessions/session.js';

/** Converts an error of the domain to a GraphQLError. */
export function toGraphQLError(error: WalletSessionsError): GraphQLError {
  const http = httpOf(error);
  return new GraphQLError(error.message, {
    originalError: error,
    // Apollo Server reads a Map. GraphQL Yoga declares another type for all of the program.
    extensions: { ...error.extensions, ...(http && { http: http as object }) },
  });
}

/** Rethrows an error; errors of the domain are converted to GraphQLError. */
export function refuse(error: unknown): never {
  throw error instanceof WalletSessionsError ? toGraphQLError(error) : error;
}

function httpOf(error: WalletSessionsError) {
  const { code, retryAfter } = error;
  const status = REFUSAL_STATUS[code];
  if (status === undefined) return undefined;
  const headers = new Map<string, string>(proofChallenge(error));
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
  return { status, headers };
}

export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** Receives errors that no caller gets, with the client of the request if it is known. */
export type ReportError = (error: unknown, source?: ClientInfo) => void;

/**
 * The part of an error that the client is not told and the operator must know: the error itself if the client gets
 * only "Internal server error", or `causeToReport` of an error of the domain; otherwise `undefined`.
 */
export function undisclosed(error: unknown): unknown {
  const original = unwrapped(error);
  if (original instanceof WalletSessionsError) return causeToReport(original);
  return isDisclosed(codeOf(error)) ? undefined : original;
}

/** Reports what the client is not told. */
export function reportUndisclosed(report: ReportError, error: unknown, source: ClientInfo): void {
  const toReport = undisclosed(error);
  if (toReport !== undefined) report(toReport, source);
}

/** What a resolver threw, if graphql has wrapped it. */
function unwrapped(error: unknown): unknown {
  const { path, originalError } = error instanceof GraphQLError ? error : {};
  return path && originalError ? originalError : error;
}

/** Whether errors with this code are meant for clients. */
function isDisclosed(code: string): boolean {
  return code !== 'INTERNAL_SERVER_ERROR';
}

/** In characters. Messages quote input, which may be as long as a request. */
const MAX_MESSAGE_LENGTH = 1000;

/** Converts an error to its representation in the response. */
export type PresentError = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

/**
 * Decides what clients get: the message and code of an error that is meant for them; "Internal server error" for
 * any other.
 * @param suggestions whether messages may suggest names of the schema ("Did you mean …?")
 */
export function createErrorPresenter(suggestions: boolean): PresentError {
  return (formatted, error) => {
    const { locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    // An error of the request as a whole has no path.
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (original instanceof WalletSessionsError) {
      return { message: original.message, ...place, extensions: original.extensions };
    }
    const code = codeOf(error);
    if (isDisclosed(code)) {
      const short = shortened(formatted.message);
      const message = suggestions ? short : withoutSuggestion(short);
      // The message may quote parts of the document and the variables.
      return { message: withoutSecrets(message), ...place, extensions: { code } };
    }
    return {
      message: 'Internal server error',
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
}

/** Converts the errors of a response for the client, and reports what the client is not told. */
type PresentErrors = (
  errors: readonly GraphQLError[],
  source: ClientInfo,
) => GraphQLFormattedError[];

/** For responses that bypass Apollo Server, which presents and reports errors in the same way. */
export function presentAndReport(present: PresentError, report: ReportError): PresentErrors {
  return (errors, source) =>
    errors.map((error) => {
      reportUndisclosed(report, error, source);
      return present(error.toJSON(), error);
    });
}

function shortened(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH
    ? message
    : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
}

/** graphql appends suggestions to its messages; they cannot be disabled before version 17. */
function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean [^]*[?…]$/, '');
}

const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** The message with which graphql ends a long list of invalid variables. The error has no other mark. */
const TOO_MANY_VARIABLE_ERRORS = 'Too many errors processing variables';

/**
 * The code of an error in the response. Apollo Server and graphql throw some errors without a code although the
 * client caused them; this function assigns their codes. Any other error without a code is a defect of the
 * service: `INTERNAL_SERVER_ERROR`.
 */
export function codeOf(error: unknown): string {
  const { code } = (error as { extensions?: { code?: unknown } } | undefined)?.extensions ?? {};
  if (typeof code === 'string' && code !== INTERNAL) return code;
  if (code !== undefined || !(error instanceof GraphQLError)) return INTERNAL;
  return codeOfMistake(error) ?? INTERNAL;
}

/** The codes of errors in the response. */
export function codesOf(errors: readonly object[] | undefined): string[] {
  return (errors ?? []).map(codeOf);
}

function codeOfMistake(error: GraphQLError): string | undefined {
  const { nodes, extensions, path, originalError, message } = error;
  const { http } = extensions;
  // Apollo Server: a persisted query of another version, or with a hash that does not match its text.
  if (path === undefined && originalError === undefined && isRefusal(http)) return 'BAD_REQUEST';
  // graphql: a variable that does not match its type, or an argument or directive that fails because of one.
  const [node] = nodes ?? [];
  if (nodes?.length === 1 && node !== undefined) {
    if (isValueNode(node) || node.kind === Kind.VARIABLE_DEFINITION) return 'BAD_USER_INPUT';
  } else if (path === undefined && message.startsWith(TOO_MANY_VARIABLE_ERRORS)) {
    return 'BAD_USER_INPUT';
  }
  return undefined;
}

/** Whether an error asks for a 4xx response. */
function isRefusal(http: unknown): boolean {
  const { status } = (http ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500;
}
