import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from '@apollo/server';
import type { ExecutionResult } from 'graphql';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Documents } from '../graphql/documents.js';
import {
  presentAndReport,
  refuse as refuseByError,
  type PresentError,
  codesOf,
} from '../graphql/errors.js';
import {
  openRequestContext,
  type PendingContext,
  type RequestContextOptions,
  type RequestContext,
  type WalletSessionsContext,
} from '../graphql/context.js';
import { hasCredential } from '../http/credential.js';
import type { ClientInfo } from '../sessions/session.js';
import { assertJson, parseJson, assertShortHeaders } from '../http/json-request.js';
import type { SendWhole } from '../http/whole-response.js';
import { documentTextOf, withPersistedQuery, type PersistedQueries } from './persisted-queries.js';
import { observeHttpOperations, type ApolloAnswers } from './observed-operations.js';
import {
  unknownOperation,
  type AnsweredOperation,
  type OperationObserver,
} from '../graphql/operation-observer.js';
import type { PreparedOperation, Variables } from './prepared-operation.js';
import type { PreparedRequests } from './prepared-requests.js';
import { MethodRefused, refuse, RequestRefused } from '../http/refusal.js';
import type { ReadBody } from './request-bodies.js';
import { proofNonceOf, retryAfterOf } from './apollo.js';

export interface GraphQLOverHttpOptions extends RequestContextOptions {
  readonly apollo: ApolloServer<WalletSessionsContext>;
  readonly prepared: PreparedRequests;
  readonly documents: Documents;
  readonly persisted: PersistedQueries;
  readonly readBody: ReadBody;
  readonly sendWhole: SendWhole;
  readonly present: PresentError;
  /** Observes the operations, if set. */
  readonly observation?: HttpObservation | undefined;
}

export interface HttpObservation {
  readonly observer: OperationObserver;
  /** The responses of the same Apollo Server. */
  readonly answers: ApolloAnswers;
}

/**
 * Answers a GraphQL request over HTTP: passes it from `node:http` to Apollo Server or, if the request was prepared,
 * only executes it.
 */
export function createGraphQLOverHttp(options: GraphQLOverHttpOptions) {
  const {
    apollo,
    prepared,
    documents,
    persisted,
    readBody,
    sendWhole,
    present,
    report,
    observation,
  } = options;
  const presentErrors = presentAndReport(present, report);
  return observation === undefined ? handle : observeHttpOperations(handle, observation.observer);

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    source: ClientInfo,
  ): Promise<AnsweredOperation> {
    try {
      assertShortHeaders(request.headers);
      const bytes = await bodyBytes(request, source, readBody);
      const asked = { request, response, source, bytes };
      const byBody = bytes && prepared.getByBody(request, bytes);
      if (byBody !== undefined) {
        const answered = answerByExecution(asked, byBody);
        return answered instanceof Promise ? await answered : answered;
      }
      const body = bodyOf(bytes);
      const byDocument = prepared.getByDocument(request, body);
      if (byDocument !== undefined)
        return await answerByExecution(asked, byDocument.operation, byDocument.variables);
      // Apollo Server opens the context after its CSRF check of the request.
      return await answerByApollo(asked, body, () =>
        openRequestContext(options, request, response, source),
      );
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      refuse(response, error);
      return unknownOperation([error.code]);
    }
  }

  /** Returns synchronously if session and result are available synchronously. */
  function answerByExecution(
    asked: Asked,
    operation: PreparedOperation,
    variables?: Variables,
  ): AnsweredOperation | Promise<AnsweredOperation> {
    const { request, response, source } = asked;
    const opening = openRequestContext(options, request, response, source);
    // Apollo Server answers for a session that cannot be checked, and for variables that do not match their types.
    const byApollo = () => answerByApollo(asked, bodyOf(asked.bytes), () => opening);
    const answer = (result: ExecutionResult) =>
      result.data === undefined ? byApollo() : send(asked, operation, result);
    const run = (context: RequestContext) => {
      const executed = operation.execute({ walletSessions: context }, variables);
      return executed instanceof Promise ? executed.then(answer) : answer(executed);
    };
    return opening instanceof Promise ? opening.then(run, byApollo) : run(opening);
  }

  function send(
    { response, source }: Asked,
    { answered, headers, headerLines }: PreparedOperation,
    { data, errors }: ExecutionResult,
  ): AnsweredOperation {
    if (errors === undefined) {
      const body = `${JSON.stringify({ data })}\n`;
      if (!sendWhole(response, 200, headerLines, body)) begin(response, 200, headers).end(body);
      return answered;
    }
    begin(response, 200, headers);
    const presented = presentErrors(errors, source);
    const retryAfter = retryAfterOf(presented);
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    const nonce = proofNonceOf(presented);
    if (nonce !== undefined) response.setHeader('dpop-nonce', nonce);
    response.end(`${JSON.stringify({ errors: presented, data })}\n`);
    return { ...answered, codes: codesOf(presented) };
  }

  async function answerByApollo(
    { request, response, source, bytes }: Asked,
    body: unknown,
    open: () => PendingContext,
  ): Promise<AnsweredOperation> {
    const httpGraphQLRequest = toApollo(request, body);
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: async () => {
        const text = documentTextOf(httpGraphQLRequest, persisted.registered);
        if (text !== undefined) admit(text, source);
        return { walletSessions: await open() };
      },
    });
    if (bytes !== undefined) prepared.put(request, bytes, httpGraphQLRequest, answer);
    begin(response, answer.status ?? 200, answer.headers);
    if (answer.body.kind === 'complete') {
      response.end(answer.body.string);
    } else {
      for await (const chunk of answer.body.asyncIterator) response.write(chunk);
      response.end();
    }
    return observation?.answers.operationOf(httpGraphQLRequest, answer) ?? UNOBSERVED;
  }

  /** @throws GraphQLError `RATE_LIMITED` */
  function admit(text: string, source: ClientInfo): void {
    try {
      documents.admit(text, source);
    } catch (error) {
      refuseByError(error);
    }
  }
}

/** A request in progress; `bytes` are its body. */
interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly source: ClientInfo;
  readonly bytes: Buffer | undefined;
}

/** A header with which a request passes the CSRF check of Apollo Server. */
const PREFLIGHTED = 'apollo-require-preflight';

/** Placeholder when no observer is configured. */
const UNOBSERVED = unknownOperation();

/**
 * Reads the body of a POST; the body of a GET is ignored.
 * @throws MethodRefused; RequestRefused 415 `UNSUPPORTED_MEDIA_TYPE`, and the rejections of {@link ReadBody}
 */
function bodyBytes(
  request: IncomingMessage,
  { ipAddress }: ClientInfo,
  read: ReadBody,
): Promise<Buffer> | undefined {
  if (request.method === 'GET') return undefined;
  if (request.method !== 'POST') {
    throw new MethodRefused('GET, POST', 'GraphQL is served by GET and POST.');
  }
  assertJson(request.headers);
  return read(request, ipAddress);
}

/** @throws RequestRefused 400 `BAD_REQUEST` */
function bodyOf(bytes: Buffer | undefined): unknown {
  return bytes && withPersistedQuery(parseJson(bytes));
}

function toApollo(request: IncomingMessage, body: unknown): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // Only a script can send a token in a header, from another origin after a preflight, and no cookie counts beside it. Browsers
  // send other schemes by themselves, `Basic` for example.
  if (hasCredential(request)) headers.set(PREFLIGHTED, 'true');
  const url = request.url ?? '';
  const query = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    headers,
    search: query === -1 ? '' : url.slice(query),
    body,
  };
}

/** Responses depend on the session, so they must not be cached. */
function begin(
  response: ServerResponse,
  status: number,
  headers: Iterable<readonly [string, string]>,
): ServerResponse {
  response.statusCode = status;
  response.setHeader('cache-control', 'no-store');
  for (const [name, value] of headers) response.setHeader(name, value);
  return response;
}
