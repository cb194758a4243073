import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createRequestReader } from '../../src/request/reader.js';
import type { LogEntry } from '../harness/service-process.js';
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

  /** What was logged last as that. */
  const lastEntry = (message: string) => entries().findLast(({ msg }) => msg === message);

  /** Lets something throw that nobody expects. */
  function aDefect() {
    return jest
      .spyOn(service.services.signIn, 'createChallenge')
      .mockRejectedValue(new TypeError('a defect'));
  }

  it('is the one that it came with, in its answer and its audit event', async () => {
    const answer = await post(CHALLENGE, { 'x-request-id': 'from-the-proxy.1' });

    expect(answer.headers.get('x-request-id')).toBe('from-the-proxy.1');
    expect(lastEntry('challenge.created')).toMatchObject({
      audit: { source: { requestId: 'from-the-proxy.1' } },
    });
  });

  it.each([
    ['too short', 'short'],
    ['too long', 'x'.repeat(65)],
    ['of other characters', 'with "quotes" and spaces'],
  ])('is a new one where the given one is %s', async (_what, given) => {
    const answer = await post(CHALLENGE, { 'x-request-id': given });

    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is in the log with an error that the client is not told', async () => {
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

  it('is of the handshake for all that is done on a WebSocket', async () => {
    const { told, ask, close } = await open({ 'x-request-id': 'the-handshake' });
    const defect = aDefect();
    await ask(CHALLENGE);
    defect.mockRestore();

    expect(told()).toBe('the-handshake');
    expect(lastEntry('unexpected error')).toMatchObject({ requestId: 'the-handshake' });
    await close();
  });

  it('is told to a WebSocket that came without one, and is the same in its audit events', async () => {
    const { told, ask, close } = await open();
    await ask(CHALLENGE);

    expect(told()).toMatch(/^[0-9a-f-]{36}$/);
    expect(lastEntry('challenge.created')).toMatchObject({
      audit: { source: { requestId: told() } },
    });
    await close();
  });

  /** Opens a socket, which has its id in the answer to its handshake. */
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
      told: () => requestId,
      ask: (payload: object) => send({ id: '1', type: 'subscribe', payload }),
      async close() {
        const closed = once(socket, 'close');
        socket.close();
        await closed;
      },
    };
  }

  it('is the one that an embedding application has given the request', () => {
    const { sourceOf } = createRequestReader([]);
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
