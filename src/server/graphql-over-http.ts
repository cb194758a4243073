import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from '@apollo/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenCookieSession } from '../cookies/cookie-session.js';
import { WalletSessionsError } from '../errors.js';
import { toGraphQLError } from '../graphql/errors.js';
import type { ScopeFactory } from '../graphql/operation-scope.js';
import type {
  OperationScope,
  WalletSessionsContext,
  WalletSessionsServices,
} from '../graphql/scope.js';
import { bearerToken } from '../request/credential.js';
import { readJsonBody, RequestRefused } from './json-body.js';
import type { RequestSource } from '../session/session.js';

export interface GraphQLOverHttpOptions {
  readonly apollo: ApolloServer<WalletSessionsContext>;
  readonly services: WalletSessionsServices;
  readonly scopeFor: ScopeFactory;
  /** Where sessions may be in cookies. */
  readonly openCookieSession?: OpenCookieSession | undefined;
  /** The longest body, in bytes. */
  readonly bodyLimit: number;
}

/** Answers one GraphQL request over HTTP, from `node:http` straight into Apollo Server. */
export function createGraphQLOverHttp(options: GraphQLOverHttpOptions) {
  const { apollo, bodyLimit } = options;
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    source: RequestSource,
  ): Promise<void> => {
    let setCookies = (): readonly string[] => [];
    const context = async (): Promise<WalletSessionsContext> => {
      const { scope, cookies } = await openScope(options, request, source);
      if (cookies) setCookies = cookies;
      return { walletSessions: scope };
    };
    try {
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: await readRequest(request, bodyLimit),
        context,
      });
      response.statusCode = answer.status ?? 200;
      for (const [name, value] of answer.headers) response.setHeader(name, value);
      const cookies = setCookies();
      if (cookies.length > 0) response.setHeader('set-cookie', cookies);
      if (answer.body.kind === 'complete') {
        response.end(answer.body.string);
        return;
      }
      for await (const chunk of answer.body.asyncIterator) response.write(chunk);
      response.end();
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      refuse(response, error);
    }
  };
}

async function readRequest(
  request: IncomingMessage,
  bodyLimit: number,
): Promise<HTTPGraphQLRequest> {
  const method = request.method ?? 'GET';
  if (method !== 'POST' && method !== 'GET') {
    throw new RequestRefused(405, 'METHOD_NOT_ALLOWED', 'GraphQL is served by GET and POST.');
  }
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const url = request.url ?? '';
  const query = url.indexOf('?');
  return {
    method,
    headers,
    search: query === -1 ? '' : url.slice(query),
    body: method === 'POST' ? await readJsonBody(request, bodyLimit) : undefined,
  };
}

interface OpenedScope {
  readonly scope: OperationScope;
  readonly cookies?: (() => readonly string[]) | undefined;
}

/** @throws GraphQLError where the session is in doubt, or is not for the page that asks */
async function openScope(
  { services, scopeFor, openCookieSession }: GraphQLOverHttpOptions,
  { headers }: IncomingMessage,
  source: RequestSource,
): Promise<OpenedScope> {
  const { authorization, origin } = headers;
  try {
    const opened = await openCookieSession?.(headers, source);
    if (opened === undefined) {
      return { scope: await scopeFor(bearerToken(authorization), source, { origin }) };
    }
    const { session, cookies, setCookies } = opened;
    return { scope: { ...services, session, source, origin, cookies }, cookies: setCookies };
  } catch (error) {
    throw error instanceof WalletSessionsError ? toGraphQLError(error) : error;
  }
}

/** Says why in the form of a GraphQL answer; a body that was not read to its end is not waited for. */
function refuse(response: ServerResponse, { status, code, message }: RequestRefused): void {
  response.statusCode = status;
  if (status === 405) response.setHeader('allow', 'GET, POST');
  if (status === 413) response.setHeader('connection', 'close');
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
