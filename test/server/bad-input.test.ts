import { connect } from 'node:net';
import { once } from 'node:events';
import { apiClient, signIn } from '../harness/api.js';
import { startTestService, type TestService } from '../harness/service.js';
import { CurrentSessionDocument } from '../generated/graphql.js';

interface Answer {
  readonly data?: unknown;
  readonly errors?: { readonly message: string; readonly extensions: { readonly code: string } }[];
}

describe('bad input', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterAll(() => service.stop());

  /** And after each of them the service answers a good request as ever, and has logged no defect. */
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

  it('of 1 MB is refused as too large, before it is read', async () => {
    const { status, answer } = await post(
      operation(SIGN_IN, { message: 'x'.repeat(1_000_000), signature: '0x' }),
    );
    expect([status, codeOf(answer)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('in a message that is longer than any message is refused as malformed', async () => {
    const { status, answer } = await post(
      operation(SIGN_IN, { message: 'x'.repeat(50_000), signature: '0x' }),
    );
    expect([status, codeOf(answer)]).toEqual([200, 'MESSAGE_MALFORMED']);
  });

  it.each([
    ['bad UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['empty', ''],
    ['cut off', '{"query": "{ session'],
    ['no JSON at all', 'session'],
  ])('that is %s is refused as a bad request', async (_what, body) => {
    const { status, answer } = await post(body);
    expect([status, codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
  });

  it.each([
    ['a list of operations', '[{"query":"{ session { id } }"}]'],
    ['null', 'null'],
    ['a number for a query', '{"query": 7}'],
    ['no query', '{}'],
  ])('that is %s is refused as a bad request', async (_what, body) => {
    const { status, answer } = await post(body);
    expect(status).toBe(400);
    expect(answer.errors).toHaveLength(1);
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text', 'text/plain'],
    ['another charset', 'application/json; charset=utf-16'],
  ])('as %s is refused: a browser would send it across sites unasked', async (_what, type) => {
    const { status, answer } = await post(operation('{ session { id } }'), {
      'content-type': type,
    });
    expect([status, codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('in a compressed body is refused', async () => {
    const { status, answer } = await post('x', { 'content-encoding': 'gzip' });
    expect([status, codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('by another method is refused, with the methods that are served', async () => {
    const response = await fetch(service.url, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it.each([
    ['a document that does not parse', '{ session', undefined, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', '{ secrets }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable of another type', SIGN_IN, { message: 7, signature: {} }, 'BAD_USER_INPUT'],
    ['a variable that is missing', SIGN_IN, {}, 'BAD_USER_INPUT'],
    [
      'an address with a wrong checksum',
      'mutation { createSignInChallenge(address: "0x9858effd232B4033E47d90003D41EC34EcaEda94") { nonce } }',
      undefined,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a chain beyond all numbers',
      'mutation ($chainId: SafeInt) { createSignInChallenge(chainId: $chainId) { nonce } }',
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
  ])('in %s is told with its code', async (_what, query, variables, code) => {
    const { answer } = await post(operation(query, variables));
    expect(codeOf(answer)).toBe(code);
    expect(JSON.stringify(answer)).not.toMatch(/\bat .*\.[jt]s:|node_modules|stacktrace/);
  });

  it('that is not even HTTP closes the connection', async () => {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('\u0000\u0001\u0002 nonsense\r\n\r\n');
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('that ends in the middle of its body harms nobody', async () => {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"que',
    );
    socket.resume();
    await once(socket, 'close');
  });
});
