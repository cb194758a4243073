import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { WalletSessionsError } from '../errors.js';

/** The status of answers that consist of the error alone, because no operation could be run. */
const HTTP_STATUS = new Map([['SERVICE_UNAVAILABLE', 503]]);

/** The domain's error as GraphQL knows errors. */
export function toGraphQLError(error: WalletSessionsError): GraphQLError {
  const status = HTTP_STATUS.get(error.code);
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, ...(status !== undefined && { http: { status } }) },
  });
}

export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

export type ReportError = (error: unknown) => void;

/**
 * What a client is told of an error: the message and code of one that is meant for it; of any other
 * nothing but that it happened. `report` gets those others, and what caused `SERVICE_UNAVAILABLE`.
 */
export function presentError(
  formatted: GraphQLFormattedError,
  error: unknown,
  report: ReportError,
): GraphQLFormattedError {
  const { locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const original = unwrapResolverError(error);
  if (original instanceof WalletSessionsError) {
    if (original.cause !== undefined) report(original.cause);
    return { message: original.message, ...place, extensions: { code: original.code } };
  }
  const code = formatted.extensions?.['code'];
  if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') {
    return { message: formatted.message, ...place, extensions: { code } };
  }
  report(original);
  return {
    message: 'Internal server error',
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  };
}
