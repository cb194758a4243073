import { Wallet } from 'ethers';
import { NetworkError, RefusedError, type Fetch } from '../../client/src/index.js';
import { TypedDocumentString } from '../harness/typed-document-string.js';
import { closeClients, openClient } from '../harness/client.js';
import { eventually } from '../harness/eventually.js';
import { openProxy } from '../harness/proxy.js';
import { startRedisServer } from '../harness/redis-server.js';
import { startTestService, type TestService } from '../harness/service.js';

/** A service that gives each of these answers in turn, and then repeats the last one. */
function answering(...answers: { status?: number; body: string }[]): {
  fetch: Fetch;
  sent: string[];
} {
  const sent: string[] = [];
  return {
    sent,
    fetch: (_url, { body }) => {
      const { body: text, status = 200 } = answers[
        Math.min(sent.push(body), answers.length) - 1
      ] ?? {
        body: '',
      };
      return Promise.resolve(new Response(text, { status }));
    },
  };
}

describe('requests of the client', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it('sends a typed document of GraphQL Code Generator with its variables', async () => {
    const document = new TypedDocumentString<
      { sessions: { totalCount: number } },
      { first: number }
    >('query Count($first: Int!) { sessions(first: $first) { totalCount } }');
    const client = openClient(service);
    await client.signIn(Wallet.createRandom());
    const { sessions } = await client.request(document, { first: 1 });
    expect(sessions.totalCount).toBe(1);
  });

  it('sends a GraphQL document that is a string', async () => {
    expect(await openClient(service).request('{ session { id } }')).toEqual({ session: null });
  });

  it('rejects a refused request with the error code and errors of the service', async () => {
    const refusal = openClient(service).request('{ session { id } sessions { totalCount } }');
    await expect(refusal).rejects.toBeInstanceOf(RefusedError);
    await expect(refusal).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      errors: [{ path: ['sessions'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('lists sessions by the page', async () => {
    const wallet = Wallet.createRandom();
    const [older, newer] = [openClient(service), openClient(service)];
    const ids = [(await older.signIn(wallet)).id, (await newer.signIn(wallet)).id].reverse();
    const one = await older.sessions({ first: 1 });
    const { endCursor = '' } = one;
    const two = await older.sessions({ first: 1, after: endCursor });
    expect([...one.sessions, ...two.sessions].map(({ id }) => id)).toEqual(ids);
    expect(two).toMatchObject({ totalCount: 2, endCursor: undefined });
  });

  it('continues a list of sessions after a page without sessions', async () => {
    const pageInfo = { hasNextPage: true, endCursor: 'the-first' };
    const sessions = { edges: [], pageInfo, totalCount: 2 };
    const { fetch, sent } = answering({ body: JSON.stringify({ data: { sessions } }) });
    const client = openClient(service, { fetch });
    const { endCursor = '', ...page } = await client.sessions({ first: 1 });
    expect(page).toEqual({ sessions: [], totalCount: 2 });
    await client.sessions({ first: 1, after: endCursor });
    expect(JSON.parse(sent[1] ?? '')).toMatchObject({ variables: { after: 'the-first' } });
  });

  it('rejects an aborted request with the reason of its signal instead of NETWORK_ERROR', async () => {
    const stop = new AbortController();
    const request = openClient(service).session({ signal: stop.signal });
    stop.abort(new Error('The page was left.'));
    await expect(request).rejects.toThrow('The page was left.');
  });

  it.each([
    ['of a proxy', { status: 502, body: '<h1>Bad gateway</h1>' }],
    ['of another service', { status: 200, body: '{"ok":true}' }],
    ['that is null', { status: 200, body: 'null' }],
    ['that is cut off', { status: 200, body: '{"data":' }],
  ])('rejects with NETWORK_ERROR on an answer %s', async (_described, answer) => {
    const request = openClient(service, answering(answer)).session();
    await expect(request).rejects.toBeInstanceOf(NetworkError);
    await expect(request).rejects.toMatchObject({
      code: 'NETWORK_ERROR',
      message: expect.stringContaining(String(answer.status)) as string,
    });
  });

  it('rejects with NETWORK_ERROR when no answer comes in time', async () => {
    const fetch: Fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    const request = openClient(service, { fetch, timeout: 1 }).session();
    await expect(request).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
  });

  it('logs out when the answer to the first logout was lost', async () => {
    const proxy = await openProxy(service.url);
    const wallet = Wallet.createRandom();
    const [client, other] = [openClient(proxy), openClient(service)];
    await client.signIn(wallet);
    await other.signIn(wallet);
    await other.logout();
    await client.heard('revocation');
    proxy.loseAnswerTo('Logout');
    await expect(client.logout()).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
    await client.logout();
    expect(client.state.end?.reason).toBe('LOGOUT');
    expect(client.told('end')).toHaveLength(1);
    await proxy.close();
  });
});

describe('an operation that is answered UNAUTHENTICATED', () => {
  const unauthenticated = { message: 'No.', extensions: { code: 'UNAUTHENTICATED' } };
  const partly = { data: { first: 1, second: null }, errors: [unauthenticated] };
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('embedded');
  });
  afterEach(closeClients);
  afterAll(() => service.stop());

  it.each([
    ['a partly executed mutation only once after UNAUTHENTICATED', 'mutation { first second }', 1],
    ['a partly answered query again after UNAUTHENTICATED', 'query { first second }', 2],
  ])('sends %s', async (_described, document, times) => {
    const { fetch, sent } = answering({ body: JSON.stringify(partly) });
    // The service answers all operations except that of this test.
    const client = openClient(service, {
      fetch: (url, init) =>
        init.body.includes('first second') ? fetch(url, init) : globalThis.fetch(url, init),
    });
    await client.signIn(Wallet.createRandom());
    await expect(client.request(document)).rejects.toMatchObject({ data: partly.data });
    expect(sent).toHaveLength(times);
  });
});

describe('an unavailable store', () => {
  afterEach(closeClients);

  it('keeps the tokens of a client when the service answers SERVICE_UNAVAILABLE', async () => {
    const redis = await startRedisServer();
    const environment = { REDIS_URL: redis.url, REDIS_COMMAND_TIMEOUT: '200ms' };
    const service = await startTestService('Redis', environment);
    const client = openClient(service);
    const { id } = await client.signIn(Wallet.createRandom());

    redis.process.kill('SIGSTOP');
    for (const act of [() => client.refresh(), () => client.sessions()]) {
      await expect(act()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    }
    expect(client.state.session?.id).toBe(id);

    redis.process.kill('SIGCONT');
    await eventually(() => client.refresh());
    expect((await client.session())?.id).toBe(id);
    client.close();
    await service.stop();
    await redis.stop();
  });
});
