import { GraphQLError, isValueNode, Kind } from 'graphql';

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
