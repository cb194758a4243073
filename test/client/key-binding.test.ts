import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import { bindToKeys, type BoundFetch, type ProofKeyPair } from '../../client/src/dpop/index.js';
import { closeClients, listening, openClient, type TestClient } from '../harness/client.js';
import { startTestService, type TestService } from '../harness/service.js';
import { aStorage } from '../harness/token-storage.js';

describe('a client that binds its sessions to keys', () => {
  let service: TestService;
  afterEach(async () => {
    closeClients();
    await service.stop();
  });

  const start = async (environment: Record<string, string> = {}) => {
    service = await startTestService('embedded', environment);
  };
  const open = (options: Parameters<typeof openClient>[1] = {}): TestClient =>
    openClient(service, { ...bindToKeys({ webSocket: WebSocket }), ...options });

  const keyBound = async (client: TestClient) => {
    const answer = await client.request<{ session: { keyBound: boolean } | null }>(
      '{ session { keyBound } }',
    );
    return answer.session?.keyBound;
  };

  it('signs in to a bound session, asks, refreshes and listens in it', async () => {
    await start({ KEY_BINDING: 'required' });
    const client = open();
    const { id } = await client.signIn(Wallet.createRandom());
    expect(await keyBound(client)).toBe(true);
    await client.refresh();
    expect((await client.session())?.id).toBe(id);
    await client.logout();
    expect(await client.heard('end')).toMatchObject({ sessionId: id, reason: 'LOGOUT' });
    expect(client.told('error')).toEqual([]);
  });

  it('hears over its socket of an end that another client of the wallet has caused', async () => {
    await start();
    const wallet = Wallet.createRandom();
    const [client, other] = [open(), open()];
    const { id } = await client.signIn(wallet);
    await other.signIn(wallet);
    await listening(service, 2);
    await other.logoutAll({ keepCurrent: true });
    expect(await client.heard('end')).toMatchObject({ sessionId: id, reason: 'LOGOUT_ALL' });
  });

  it('has tokens that are of no use without the key', async () => {
    await start();
    const client = open();
    await client.signIn(Wallet.createRandom());
    const accessToken = await client.accessToken();
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ query: '{ session { id } }' }),
    });
    expect(response.status).toBe(401);
    expect(await keyBound(client)).toBe(true);
  });

  it('signs the nonce that the service asks for, and sends each request once more at most', async () => {
    await start({ KEY_PROOF_REQUIRE_NONCE: 'true' });
    const sent: number[] = [];
    const counted: BoundFetch = async (url, init) => {
      const response = await fetch(url, init as RequestInit);
      sent.push(response.status);
      return response;
    };
    const client = open(bindToKeys({ fetch: counted, webSocket: WebSocket }));
    await client.signIn(Wallet.createRandom());
    expect(await keyBound(client)).toBe(true);
    await client.refresh();
    expect(await keyBound(client)).toBe(true);
    expect(sent.filter((status) => status === 401)).toEqual([]);
    expect(client.told('error')).toEqual([]);
  });

  it('uses a key of the application for all sessions', async () => {
    await start();
    const made = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    const keyPair = made as ProofKeyPair;
    const storage = aStorage();
    const client = open({ ...bindToKeys({ keyPair, webSocket: WebSocket }), storage, name: 'one' });
    const { id } = await client.signIn(Wallet.createRandom());
    client.close();
    // The next process has the key and the storage.
    const next = open({ ...bindToKeys({ keyPair, webSocket: WebSocket }), storage, name: 'one' });
    expect((await next.session())?.id).toBe(id);
    expect(await keyBound(next)).toBe(true);
  });

  it('keeps the key for a session that a request with the token of another session starts', async () => {
    await start();
    const keys = bindToKeys({ webSocket: WebSocket });
    const first = open(keys);
    await first.signIn(Wallet.createRandom());
    const authorization = `Bearer ${await first.accessToken()}`;
    const second = open({
      fetch: (url, init) =>
        keys.fetch(url, { ...init, headers: { authorization, ...init.headers } }),
    });
    const { id } = await second.signIn(Wallet.createRandom());
    expect((await second.session())?.id).toBe(id);
    expect(await keyBound(second)).toBe(true);
  });

  it('cannot use a session whose key was removed', async () => {
    await start();
    const keys = bindToKeys({ webSocket: WebSocket });
    const client = open(keys);
    const { id } = await client.signIn(Wallet.createRandom());
    await keys.removeKey(id);
    await expect(client.sessions()).rejects.toMatchObject({ code: 'KEY_PROOF_REQUIRED' });
  });

  it('sends requests without a session, and those of other services, as they are', async () => {
    await start();
    const seen: unknown[] = [];
    const { fetch: bound } = bindToKeys({
      fetch: (url, init) => {
        seen.push(init?.headers);
        return fetch(url, init as RequestInit);
      },
    });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer another' };
    await bound(service.url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' });
    expect(seen).toEqual([headers]);
  });
});
