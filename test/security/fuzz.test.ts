import { once } from 'node:events';
import fc from 'fast-check';
import { MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { apiClient, signIn, type TokenGrant } from '../harness/api.js';
import { startServiceProcess, type ServiceProcess } from '../harness/service-process.js';
import { aMessage } from '../harness/sign-in-message.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';
import { CurrentSessionDocument } from '../generated/graphql.js';

const ORIGIN = 'http://localhost:4000';
const RUNS = { numRuns: 150 };

const OPERATIONS = [
  'mutation ($a: AccountId, $b: ChainId) { createSignInChallenge(account: $a, chainId: $b) { nonce } }',
  'mutation ($a: String!, $b: String!, $c: String) { signIn(message: $a, signature: $b, walletType: $c, device: $c) { refreshFrom } }',
  'mutation ($a: String) { refresh(refreshToken: $a) { refreshFrom } }',
  'mutation ($a: ID) { logout(sessionId: $a) { sessionId } }',
  'query ($a: Int! = 1, $b: String) { sessions(first: $a, after: $b) { totalCount edges { cursor } } }',
];

/** Text of any code units, including lone surrogates and control characters. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
);

/** Text that is valid in a header: Latin-1 without control characters. */
const anyHeader = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter((unit) => unit !== 0x7f),
    { maxLength: 300 },
  )
  .map((units) => String.fromCharCode(...units).trim());

/** The text with a part replaced, removed or inserted. */
function mutationsOf(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(text.length), fc.nat(40), fc.oneof(anyText, fc.constant('')))
    .map(([start, length, other]) => text.slice(0, start) + other + text.slice(start + length));
}

const asHeader = (text: string) =>
  Buffer.from(text)
    .toString('latin1')
    .replace(/[^\x20-\x7e\x80-\xff]/g, '');

/**
 * Against the service as an operator runs it, on the embedded store. A promise that nobody handles ends
 * the process, and what it did not expect is in its log: so it must live on and have nothing to say.
 */
describe('fuzzing', () => {
  let service: ServiceProcess;
  let grant: TokenGrant;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    service = await startServiceProcess({
      DATA_DIRECTORY: directory.path,
      SIGN_IN_ORIGINS: ORIGIN,
      COOKIES: 'true',
      SESSION_LIMIT: '0',
      TRUSTED_PROXIES: 'loopback',
    });
    grant = await signIn(service.url);
  });

  afterEach(async () => {
    const { accessToken } = await signIn(service.url);
    const { session } = await apiClient(service.url, accessToken).request(CurrentSessionDocument);
    expect(session).not.toBeNull();
    expect(service.log.filter(({ level }) => level >= 50)).toEqual([]);
  });

  afterAll(async () => {
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    await directory.remove();
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
    const text = await response.text();
    expect(response.status).toBeLessThan(500);
    expect(text).not.toContain('INTERNAL_SERVER_ERROR');
    const answer: unknown = JSON.parse(text);
    expect(answer).toBeInstanceOf(Object);
  }

  const ask = (query: string, variables: unknown, headers?: Record<string, string>) =>
    post(JSON.stringify({ query, variables }), headers);

  it('answers any token and keeps serving', async () => {
    const token = fc.oneof(
      anyText,
      mutationsOf(grant.accessToken),
      mutationsOf(grant.refreshToken),
    );
    await fc.assert(
      fc.asyncProperty(token, async (text) => {
        await ask('mutation ($a: String) { refresh(refreshToken: $a) { refreshFrom } }', {
          a: text,
        });
        const authorization = asHeader(`Bearer ${text}`);
        await ask('{ session { id } sessions { totalCount } }', {}, { authorization });
      }),
      RUNS,
    );
  });

  it('answers any header and keeps serving', async () => {
    const names = fc.constantFrom(
      'accept',
      'authorization',
      'cookie',
      'origin',
      'sec-fetch-site',
      'traceparent',
      'user-agent',
      'x-forwarded-for',
      'x-request-id',
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, anyHeader, { maxKeys: 4 }), async (headers) => {
        await ask('{ session { id } }', {}, headers);
      }),
      RUNS,
    );
  });

  it('answers any cookie and keeps serving', async () => {
    const cookies = `__Host-wallet-session=${grant.accessToken}; __Host-wallet-refresh=${grant.refreshToken}`;
    const cookie = fc.oneof(anyHeader, mutationsOf(cookies).map(asHeader));
    await fc.assert(
      fc.asyncProperty(cookie, async (text) => {
        await ask('{ session { id } }', {}, { cookie: text, origin: ORIGIN });
      }),
      RUNS,
    );
  });

  it('answers any sign-in message with any signature and keeps serving', async () => {
    const wallet = aWallet();
    const message = aMessage(wallet, 'a'.repeat(32), Date.now(), {
      domain: 'localhost:4000',
      uri: ORIGIN,
    });
    const signature = await wallet.sign(message);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(anyText, mutationsOf(message)),
        fc.oneof(anyText, mutationsOf(signature), fc.constant(signature)),
        async (a, b) => {
          await ask(OPERATIONS[1] as string, { a, b });
        },
      ),
      RUNS,
    );
  });

  it('answers any variables and keeps serving', async () => {
    const variables = fc.oneof(
      fc.jsonValue(),
      fc.record({ a: fc.jsonValue(), b: fc.jsonValue(), c: fc.jsonValue() }),
      fc.record({ a: anyText, b: anyText, c: anyText }),
    );
    const authorization = `Bearer ${grant.accessToken}`;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...OPERATIONS), variables, async (query, values) => {
        // Not its own session: the next run needs it.
        if (query.includes('logout') && (values as { a?: unknown } | null)?.a == null) return;
        await ask(query, values, { authorization });
      }),
      RUNS,
    );
  });

  it('answers any document and keeps serving', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyText, mutationsOf(OPERATIONS.join(' '))), async (query) => {
        await ask(query, {});
      }),
      RUNS,
    );
  });

  it('answers any request body and keeps serving', async () => {
    const bytes = fc.uint8Array({ maxLength: 500 }).map((array) => new Uint8Array(array));
    const body = fc.oneof(fc.json(), anyText, bytes);
    await fc.assert(
      fc.asyncProperty(body, async (content) => {
        await post(content);
      }),
      RUNS,
    );
  });

  it('answers any frames on a socket and keeps serving', async () => {
    const operation = {
      id: '1',
      type: MessageType.Subscribe,
      payload: { query: OPERATIONS[4], variables: { a: 1, b: '' } },
    };
    const frame = fc.oneof(
      anyText,
      fc.json(),
      fc.uint8Array({ maxLength: 200 }),
      mutationsOf(JSON.stringify(operation)),
      fc
        .record({
          id: fc.oneof(fc.constantFrom('1', '2', '__proto__', 'constructor'), fc.jsonValue()),
          type: fc.constantFrom(...Object.values(MessageType)),
          payload: fc.oneof(fc.constant(operation.payload), fc.jsonValue()),
        })
        .map((message) => JSON.stringify(message)),
    );
    const authorization = fc.oneof(
      fc.constant(`Bearer ${grant.accessToken}`),
      fc.jsonValue(),
      mutationsOf(grant.accessToken),
    );
    await fc.assert(
      fc.asyncProperty(
        authorization,
        fc.array(frame, { minLength: 1, maxLength: 8 }),
        async (value, frames) => {
          const socket = new WebSocket(service.webSocketUrl, 'graphql-transport-ws');
          const closed = once(socket, 'close');
          await once(socket, 'open');
          const payload = { authorization: value };
          socket.send(JSON.stringify({ type: MessageType.ConnectionInit, payload }));
          for (const data of frames) socket.send(data);
          socket.close();
          const [code] = (await closed) as [number];
          expect([4500, 1011]).not.toContain(code);
        },
      ),
      RUNS,
    );
  });
});
