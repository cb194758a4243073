import { hash } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createRequestReader } from '../../src/http/reader.js';
import type { LogEntry } from '../harness/service-process.js';
import { aProof, aProofKey } from '../harness/proof.js';
import { aWallet } from '../harness/wallet.js';
import { startTestService, type TestService } from '../harness/service.js';

const CHALLENGE = { query: 'mutation { createSignInChallenge { nonce } }' };

describe('the id of a request', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService('embedded');
  });

  afterAll(() => service.stop());

  const post = (body: object, headers: Record<string, string> = {}) =>
    fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const entries = () => service.log.map((line) => JSON.parse(line) as LogEntry);

  /** The last log entry with this message. */
  const lastEntry = (message: string) => entries().findLast(({ msg }) => msg === message);

  /** Makes the creation of challenges throw an unexpected error. */
  function aDefect() {
    return jest
      .spyOn(service.services.signIn, 'createChallenge')
      .mockRejectedValue(new TypeError('a defect'));
  }

  it('uses the X-Request-Id header of a request in the answer and the audit event', async () => {
    const answer = await post(CHALLENGE, { 'x-request-id': 'from-the-proxy.1' });

    expect(answer.headers.get('x-request-id')).toBe('from-the-proxy.1');
    expect(lastEntry('challenge.created')).toMatchObject({
      audit: { source: { requestId: 'from-the-proxy.1' } },
    });
  });

  it.each([
    ['too short', 'short'],
    ['too long', 'x'.repeat(65)],
    ['made of invalid characters', 'with "quotes" and spaces'],
  ])('generates a request id when the given one is %s', async (_what, given) => {
    const answer = await post(CHALLENGE, { 'x-request-id': given });

    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('logs the request id with an error that is hidden from the client', async () => {
    const defect = aDefect();
    const answer = await post(CHALLENGE, { 'x-request-id': 'the-failing-one' });
    defect.mockRestore();

    expect(await answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    expect(lastEntry('unexpected error')).toMatchObject({
      requestId: 'the-failing-one',
      err: { message: 'a defect' },
    });
    expect(entries().filter(({ requestId }) => requestId === 'the-failing-one')).toHaveLength(1);
  });

  it('uses the request id of the handshake for every operation on a WebSocket', async () => {
    const { requestIdOfHandshake, ask, close } = await open({ 'x-request-id': 'the-handshake' });
    const defect = aDefect();
    await ask(CHALLENGE);
    defect.mockRestore();

    expect(requestIdOfHandshake()).toBe('the-handshake');
    expect(lastEntry('unexpected error')).toMatchObject({ requestId: 'the-handshake' });
    await close();
  });

  it('generates a request id for a WebSocket handshake without one, returns it, and uses it in audit events', async () => {
    const { requestIdOfHandshake, ask, close } = await open();
    await ask(CHALLENGE);

    expect(requestIdOfHandshake()).toMatch(/^[0-9a-f]{32}$/);
    expect(lastEntry('challenge.created')).toMatchObject({
      audit: { source: { requestId: requestIdOfHandshake() } },
    });
    await close();
  });

  /** Opens a socket. Its request id is in the answer to the handshake. */
  async function open(headers: Record<string, string> = {}) {
    const socket = new WebSocket(service.webSocketUrl, 'graphql-transport-ws', { headers });
    let requestId: unknown;
    socket.once('upgrade', (answer) => {
      requestId = answer.headers['x-request-id'];
    });
    await once(socket, 'open');
    const send = async (message: object) => {
      const answered = once(socket, 'message');
      socket.send(JSON.stringify(message));
      await answered;
    };
    await send({ type: 'connection_init' });
    return {
      requestIdOfHandshake: () => requestId,
      ask: (payload: object) => send({ id: '1', type: 'subscribe', payload }),
      async close() {
        const closed = once(socket, 'close');
        socket.close();
        await closed;
      },
    };
  }

  describe('of a token that is refused because it is bound to a key', () => {
    const SECRET = 'a-secret-of-32-characters-or-more';
    const clients = `api:${hash('sha256', SECRET)}`;
    let own: TestService;
    beforeAll(async () => {
      own = await startTestService('embedded', { TOKEN_INTROSPECTION_CLIENTS: clients });
    });
    afterAll(() => own.stop());

    /** Signs in with a key, and returns the access token, which counts only with proofs of the key. */
    async function aBoundToken(): Promise<string> {
      const wallet = aWallet();
      const { signIn } = own.services;
      const { message = '' } = await signIn.createChallenge({ account: wallet.account }, {});
      const proof = {
        text: aProof(aProofKey(), own.url, Date.now()),
        method: 'POST',
        path: new URL(own.url).pathname,
      };
      const signature = await wallet.sign(message);
      return (await signIn.complete({ message, signature, proof }, {})).accessToken;
    }

    const basic = `Basic ${Buffer.from(`api:${SECRET}`).toString('base64')}`;

    it.each<[string, number, (token: string) => RequestInit]>([
      ['/api/session', 401, (token) => ({ headers: { authorization: `Bearer ${token}` } })],
      ['/auth', 401, (token) => ({ headers: { authorization: `Bearer ${token}` } })],
      [
        '/auth',
        401,
        (token) => ({ headers: { authorization: `Bearer ${token}`, 'x-forwarded-method': 'PUT' } }),
      ],
      ['/auth/hasura', 401, (token) => ({ headers: { authorization: `Bearer ${token}` } })],
      [
        '/introspect',
        200,
        (token) => ({
          method: 'POST',
          headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
          body: `token=${token}`,
        }),
      ],
    ])(
      'is the same in the response and the audit event of %s (%d)',
      async (path, status, requestWith) => {
        const token = await aBoundToken();
        const answer = await fetch(new URL(path, own.url), requestWith(token));
        expect(answer.status).toBe(status);
        const refusal = own.log
          .map((line) => JSON.parse(line) as LogEntry)
          .findLast(({ msg }) => msg === 'session.proof-refused');
        expect(refusal).toMatchObject({
          audit: { source: { requestId: answer.headers.get('x-request-id') } },
        });
      },
    );
  });

  it('is the same each time that an embedding application asks for it', () => {
    const { sourceOf } = createRequestReader([], () => {});
    const [one, other] = [{ headers: {} }, { headers: {} }];
    expect(sourceOf(one).requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(sourceOf(one).requestId).toBe(sourceOf(one).requestId);
    expect(sourceOf(other).requestId).not.toBe(sourceOf(one).requestId);
  });

  it('uses the id that an embedding application has assigned to a request', () => {
    const { sourceOf } = createRequestReader([], () => {});
    const request = {
      headers: { 'x-request-id': 'from-the-proxy' },
      socket: {},
      id: 'of-the-application',
    };

    expect(sourceOf(request as unknown as Parameters<typeof sourceOf>[0]).requestId).toBe(
      'of-the-application',
    );
  });
});
