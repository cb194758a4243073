import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { codesOf, type OperationAnswer } from '../harness/operation.js';
import { startTestService, type TestService } from '../harness/service.js';

type Body = Record<string, unknown>;

const QUERY = '{ session { id } }';
const SESSIONS = 'sessions(first: $n) { totalCount }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (persistedQuery: unknown) => ({ extensions: { persistedQuery } });

/** Invalid operations, among them those to which neither graphql nor Apollo Server gives an error code. */
const OPERATIONS: [string, Body, string][] = [
  [
    'a variable of the wrong type',
    { query: `query ($n: Int!) { ${SESSIONS} }`, variables: { n: 'x' } },
    'BAD_USER_INPUT',
  ],
  ['a missing variable', { query: `query ($n: Int!) { ${SESSIONS} }` }, 'BAD_USER_INPUT'],
  [
    'null for a non-null variable',
    { query: `query ($n: Int!) { ${SESSIONS} }`, variables: { n: null } },
    'BAD_USER_INPUT',
  ],
  [
    'null instead of a default',
    { query: `query ($n: Int = 5) { ${SESSIONS} }`, variables: { n: null } },
    'BAD_USER_INPUT',
  ],
  [
    'null for the condition of @skip',
    {
      query: 'query ($b: Boolean = true) { session @skip(if: $b) { id } }',
      variables: { b: null },
    },
    'BAD_USER_INPUT',
  ],
  [
    'null for the condition of @include',
    {
      query: 'query ($b: Boolean = true) { __typename session @include(if: $b) { id } }',
      variables: { b: null },
    },
    'BAD_USER_INPUT',
  ],
  [
    'null for an argument of introspection',
    {
      query: 'query ($n: String = "a") { __type(name: $n) { name } }',
      variables: { n: null },
    },
    'BAD_USER_INPUT',
  ],
  [
    'a subscription whose root field is skipped',
    { query: 'subscription { sessionRevoked @skip(if: true) { sessionId } }' },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a subscription whose root field depends on a variable',
    {
      query: 'subscription ($b: Boolean = true) { sessionRevoked @include(if: $b) { sessionId } }',
    },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a subscription whose root field is skipped in fragments',
    {
      query:
        'subscription { ... { ...F } } fragment F on Subscription { sessionRevoked @skip { sessionId } }',
    },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an unknown operation name',
    { query: QUERY, operationName: 'x' },
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'two operations of the same name',
    { query: 'query A { a } query A { a }' },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['incremental delivery', { query: '{ ... @defer { __typename } }' }, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a list of values for a scalar',
    { query: `query ($n: Int!) { ${SESSIONS} }`, variables: { n: [1] } },
    'BAD_USER_INPUT',
  ],
];

/** Malformed requests, which are answered with 400 whatever else is wrong. */
const REQUESTS: [string, Body][] = [
  [
    'the hash of another document',
    { query: QUERY, ...persisted({ version: 1, sha256Hash: 'a'.repeat(64) }) },
  ],
  ['a persisted query without a hash', { query: QUERY, ...persisted({ version: 1 }) }],
  ['a persisted query of version 2', persisted({ version: 2, sha256Hash: hashOf(QUERY) })],
  ['a persisted query without a version', persisted({ sha256Hash: hashOf(QUERY) })],
  ['a persisted query that is a string', persisted('x')],
  ['a persisted query that is a number', { query: QUERY, ...persisted(7) }],
  ['a persisted query that is a list', { query: QUERY, ...persisted([]) }],
  ['a documentId of another document', { query: QUERY, documentId: `sha256:${'a'.repeat(64)}` }],
  [
    'a documentId with extensions that are a string',
    { documentId: hashOf(QUERY), extensions: 'x' },
  ],
  ['extensions that are a list', { query: QUERY, extensions: [] }],
  ['variables that are a list', { query: QUERY, variables: [] }],
  ['variables that are a string', { query: QUERY, variables: '{}' }],
  ['an operation name that is a number', { query: QUERY, operationName: 7 }],
  ['a document that is an object', { query: { kind: 'Document' } }],
];

describe('client errors', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  afterEach(() => {
    expect(service.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  const headers = { 'content-type': 'application/json' };

  async function answerOf(response: Response) {
    const answer = (await response.json()) as OperationAnswer;
    return { status: response.status, codes: [...new Set(codesOf(answer))] };
  }

  const post = async (body: Body, accept = '*/*') =>
    answerOf(
      await fetch(service.url, {
        method: 'POST',
        headers: { ...headers, accept },
        body: JSON.stringify(body),
      }),
    );

  async function get(parameters: Body) {
    const search = new URLSearchParams(
      Object.entries(parameters).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    );
    return answerOf(await fetch(`${service.url}?${search}`, { headers }));
  }

  it.each(OPERATIONS)(
    'answers an invalid operation over HTTP by POST with its error code and reports nothing: %s',
    async (_what, body, code) => {
      const status = code === 'OPERATION_RESOLUTION_FAILURE' ? 400 : 200;
      expect(await post(body)).toEqual({ status, codes: [code] });
    },
  );

  it.each(OPERATIONS)(
    'answers an invalid operation over HTTP by GET with its error code and reports nothing: %s',
    async (_what, body, code) => {
      const { codes } = await get(body);
      expect(codes).toEqual([code]);
    },
  );

  it.each(OPERATIONS)(
    'answers an invalid operation over WebSocket with its error code and reports nothing: %s',
    async (_what, payload, code) => {
      const socket = new WebSocket(service.webSocketUrl, 'graphql-transport-ws');
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: MessageType.ConnectionInit }));
      await once(socket, 'message');
      socket.send(JSON.stringify({ id: '1', type: MessageType.Subscribe, payload }));
      const [data] = (await once(socket, 'message')) as [Buffer];
      const message = JSON.parse(data.toString()) as { type: string; payload: unknown };
      const errors =
        message.type === 'error' ? message.payload : (message.payload as OperationAnswer).errors;
      expect([...new Set(codesOf({ errors } as OperationAnswer))]).toEqual([code]);
      expect(socket.readyState).toBe(WebSocket.OPEN);
      socket.terminate();
    },
  );

  it.each(REQUESTS)(
    'answers 400 BAD_REQUEST to a malformed POST and reports nothing: %s',
    async (_what, body) => {
      expect(await post(body)).toEqual({ status: 400, codes: ['BAD_REQUEST'] });
      const media = 'application/graphql-response+json';
      expect(await post(body, media)).toEqual({ status: 400, codes: ['BAD_REQUEST'] });
    },
  );

  it.each<[string, Body]>([
    ...REQUESTS.filter(([, { extensions }]) => typeof extensions === 'object'),
    ['variables that are not JSON', { query: QUERY, variables: '{' }],
    ['variables that are null', { query: QUERY, variables: 'null' }],
    ['extensions that are not JSON', { query: QUERY, extensions: '{' }],
    ['no document', {}],
  ])(
    'answers 400 BAD_REQUEST to a malformed GET and reports nothing: %s',
    async (_what, parameters) => {
      expect(await get(parameters)).toEqual({ status: 400, codes: ['BAD_REQUEST'] });
    },
  );

  it('answers 405 to a mutation by GET and reports nothing', async () => {
    const query = 'mutation { logout { sessionId } }';
    expect(await get({ query })).toEqual({ status: 405, codes: ['BAD_REQUEST'] });
  });

  it('answers 406 to a request for a media type that is not served and reports nothing', async () => {
    expect(await post({ query: QUERY }, 'text/html')).toEqual({
      status: 406,
      codes: ['BAD_REQUEST'],
    });
  });

  it.each([
    ['accept', 'a/b,'.repeat(3500)],
    ['content-type', `application/json;${' '.repeat(14_000)}x`],
  ])('answers 431 to a request with a long %s header and reports nothing', async (name, value) => {
    const body = JSON.stringify({ query: QUERY });
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { ...headers, [name]: value },
      body,
    });
    expect(await answerOf(response)).toEqual({ status: 431, codes: ['HEADER_TOO_LARGE'] });
    const read = await fetch(`${service.url}?query=${QUERY}`, {
      headers: { ...headers, [name]: value },
    });
    expect(await answerOf(read)).toEqual({ status: 431, codes: ['HEADER_TOO_LARGE'] });
  });
});
