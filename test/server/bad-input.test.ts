import { connect } from 'node:net';
import { once } from 'node:events';
import { MessageType } from 'graphql-ws';
import { apiClient, signIn } from '../harness/api.js';
import { openRawConnection } from '../harness/raw-connection.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { startTestService, type TestService } from '../harness/service.js';
import { CurrentSessionDocument } from '../generated/graphql.js';

interface Answer {
  readonly data?: unknown;
  readonly errors?: { readonly message: string; readonly extensions: { readonly code: string } }[];
}

describe('invalid input', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  /** After each test the service still answers a valid request, and has logged no defect. */
  afterEach(async () => {
    const { accessToken, session } = await signIn(service.url);
    const answer = await apiClient(service.url, accessToken).request(CurrentSessionDocument);
    expect(answer.session?.id).toBe(session.id);
    expect(service.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  async function post(
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    return { status: response.status, answer: (await response.json()) as Answer };
  }

  const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions.code;
  const operation = (query: string, variables?: object) => JSON.stringify({ query, variables });
  const SIGN_IN =
    'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken } }';

  it('refuses a body of 1 MB with PAYLOAD_TOO_LARGE', async () => {
    const { status, answer } = await post(
      operation(SIGN_IN, { message: 'x'.repeat(1_000_000), signature: '0x' }),
    );
    expect([status, codeOf(answer)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('refuses a sign-in message that is longer than any valid one with MESSAGE_MALFORMED', async () => {
    const { status, answer } = await post(
      operation(SIGN_IN, { message: 'x'.repeat(50_000), signature: '0x' }),
    );
    expect([status, codeOf(answer)]).toEqual([200, 'MESSAGE_MALFORMED']);
  });

  it.each([
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['empty', ''],
    ['cut off', '{"query": "{ session'],
    ['not JSON', 'session'],
  ])('answers 400 BAD_REQUEST to a body that is %s', async (_what, body) => {
    const { status, answer } = await post(body);
    expect([status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
  });

  it.each([
    ['a list of operations', '[{"query":"{ session { id } }"}]'],
    ['null', 'null'],
    ['an object with a number as its query', '{"query": 7}'],
    ['an object without a query', '{}'],
  ])('answers 400 to a request that is %s', async (_what, body) => {
    const { status, answer } = await post(body);
    expect(status).toBe(400);
    expect(answer.errors).toHaveLength(1);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text', 'text/plain'],
    ['another charset', 'application/json; charset=utf-16'],
  ])(
    'answers 415 to a body of %s, which a browser would send across sites without a preflight',
    async (_what, type) => {
      const { status, answer } = await post(operation('{ session { id } }'), {
        'content-type': type,
      });
      expect([status, codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    },
  );

  it('answers 415 to a compressed body', async () => {
    const { status, answer } = await post('x', { 'content-encoding': 'gzip' });
    expect([status, codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('answers 405 to another method and names the allowed ones', async () => {
    const response = await fetch(service.url, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it.each([
    ['a document that does not parse', '{ session', undefined, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ secrets }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable of the wrong type', SIGN_IN, { message: 7, signature: {} }, 'BAD_USER_INPUT'],
    ['a missing variable', SIGN_IN, {}, 'BAD_USER_INPUT'],
    [
      'an address with a wrong checksum',
      'mutation { createSignInChallenge(account: "eip155:1:0x9858effd232B4033E47d90003D41EC34EcaEda94") { nonce } }',
      undefined,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a chain id that is too large',
      'mutation ($chainId: ChainId) { createSignInChallenge(chainId: $chainId) { nonce } }',
      { chainId: 1e300 },
      'BAD_USER_INPUT',
    ],
    [
      'a label that is too long',
      'mutation ($device: String) { signIn(message: "", signature: "", device: $device) { accessToken } }',
      { device: 'x'.repeat(101) },
      'BAD_USER_INPUT',
    ],
    ['lone surrogates', SIGN_IN, { message: '\ud800', signature: '\udfff' }, 'MESSAGE_MALFORMED'],
  ])('answers %s with its error code and no stack trace', async (_what, query, variables, code) => {
    const { answer } = await post(operation(query, variables));
    expect(codeOf(answer)).toBe(code);
    expect(JSON.stringify(answer)).not.toMatch(/\bat .*\.[jt]s:|node_modules|stacktrace/);
  });

  it('answers 400 to bytes that are not HTTP and closes the connection', async () => {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('\u0000\u0001\u0002 nonsense\r\n\r\n');
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('keeps serving after a request that ends in the middle of its body', async () => {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"que',
    );
    socket.resume();
    await once(socket, 'close');
  });

  describe('a body that is longer than what the operating system buffers', () => {
    const LENGTH = 15 * 2 ** 20;

    it.each([
      ['is longer than the limit', 'POST /graphql', 413, `content-length: ${LENGTH}\r\n\r\n`],
      [
        'exceeds the limit without announcing its length',
        'POST /graphql',
        413,
        `transfer-encoding: chunked\r\n\r\n${LENGTH.toString(16)}\r\n`,
      ],
      [
        'is sent to a path that takes none',
        'POST /nowhere',
        404,
        `content-length: ${LENGTH}\r\n\r\n`,
      ],
    ])(
      'is received and discarded if it %s, so that its sender is not reset',
      async (_why, target, status, framing) => {
        const { socket, closed, write } = await openRawConnection(service.url);
        const reset = once(socket, 'close').then(([failed]) => failed as boolean);
        const head = `${target} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${framing}`;
        await write(head);
        await write(Buffer.alloc(LENGTH, 'x'));
        expect(await closed).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
        expect(await reset).toBe(false);
        expect(socket.bytesWritten).toBe(head.length + LENGTH);
      },
    );
  });

  it('answers a ping with a deeply nested payload, or closes the WebSocket with 4400 if V8 cannot write so deep JSON', async () => {
    const { send, next, closed, socket } = await openRawSocket(service.webSocketUrl);
    const nested = `${'['.repeat(40_000)}${']'.repeat(40_000)}`;
    send(`{"type":"${MessageType.Ping}","payload":{"nested":${nested}}}`);
    const outcome = (await Promise.race([next(), closed])) as { type: string } | { code: number };
    expect('code' in outcome ? outcome.code : outcome.type).toBe(
      'code' in outcome ? 4400 : MessageType.Pong,
    );
    socket.terminate();
    await closed;
  });

  it('closes a WebSocket with 4403 if its token resembles a missing value and is too long for the reason', async () => {
    const { send, closed } = await openRawSocket(service.webSocketUrl);
    const authorization = `Bearer [object ${'A'.repeat(200)}]`;
    send({ type: MessageType.ConnectionInit, payload: { authorization } });
    expect((await closed).code).toBe(4403);
  });
});
