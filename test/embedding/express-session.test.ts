import { Redis } from 'ioredis';
import { LogoutDocument, RefreshDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { startExample, type ExampleProcess } from '../harness/example-process.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { aWallet } from '../harness/wallet.js';

/** A browser with a cookie of express-session and, after sign-in, the access token of a wallet. */
function aBrowser({ url }: ExampleProcess) {
  const headers: Record<string, string> = { 'content-type': 'application/json' };

  async function post(path: string, body: object = {}): Promise<void> {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(url + path, init);
    const [cookie] = (response.headers.get('set-cookie') ?? '').split(';');
    if (cookie) headers['cookie'] = cookie;
  }

  return {
    post,
    logIn: (name: string) => post('/login', { name }),
    bear(accessToken: string) {
      headers['authorization'] = `Bearer ${accessToken}`;
    },
    async signIn() {
      const grant = await signIn(`${url}/graphql`, aWallet(), {}, headers);
      this.bear(grant.accessToken);
      return grant;
    },
    /** The answer, or its status when it is a refusal. */
    async see(path: string): Promise<unknown> {
      const response = await fetch(url + path, { headers });
      return response.ok ? await response.json() : response.status;
    },
  };
}

describe('an application with express-session and connect-redis on the same Redis', () => {
  let redis: RedisServer;
  let example: ExampleProcess;
  beforeAll(async () => {
    redis = await startRedisServer();
    example = await startExample('express-session/index.js', { REDIS_URL: redis.url });
  });
  afterAll(async () => {
    expect(await example.stop()).toBe(0);
    await redis.stop();
  });

  it('keeps the sessions of express-session and of wallets under separate keys of one Redis', async () => {
    const browser = aBrowser(example);
    expect(await browser.see('/account')).toBe(401);
    await browser.logIn('ada');
    expect(await browser.see('/account')).toEqual({ user: 'ada' });
    await browser.signIn();
    expect(await browser.see('/account')).toEqual({ user: 'ada' });

    const inspection = new Redis(redis.url);
    const keys = await inspection.keys('*');
    inspection.disconnect();
    expect(keys.some((key) => key.startsWith('app:'))).toBe(true);
    expect(keys.filter((key) => !key.startsWith('app:') && !key.startsWith('wallets'))).toEqual([]);
  });

  it('links a wallet to the logged-in user and keeps the link on refresh', async () => {
    const browser = aBrowser(example);
    await browser.logIn('ada');
    const { session, refreshToken } = await browser.signIn();
    const linked = { wallet: session.wallet, user: 'ada' };
    expect(await browser.see('/wallet')).toEqual(linked);
    const client = apiClient(`${example.url}/graphql`);
    const { refresh } = await client.request(RefreshDocument, { refreshToken });
    expect(await browser.see('/wallet')).toBe(401);
    browser.bear(refresh.accessToken ?? '');
    expect(await browser.see('/wallet')).toEqual(linked);
  });

  it('signs a wallet in without a logged-in user', async () => {
    const browser = aBrowser(example);
    const { session } = await browser.signIn();
    expect(await browser.see('/wallet')).toEqual({ wallet: session.wallet, user: null });
    expect(await browser.see('/account')).toBe(401);
  });

  it('logs a user in without a wallet', async () => {
    const browser = aBrowser(example);
    await browser.logIn('grace');
    expect(await browser.see('/wallet')).toBe(401);
    expect(await browser.see('/account')).toEqual({ user: 'grace' });
  });

  it('leaves the wallet signed in when the user logs out', async () => {
    const browser = aBrowser(example);
    await browser.logIn('ada');
    const { session } = await browser.signIn();
    await browser.post('/logout');
    expect(await browser.see('/account')).toBe(401);
    expect(await browser.see('/wallet')).toEqual({ wallet: session.wallet, user: 'ada' });
  });

  it('leaves the user logged in when the wallet signs out', async () => {
    const browser = aBrowser(example);
    await browser.logIn('ada');
    const { accessToken } = await browser.signIn();
    await apiClient(`${example.url}/graphql`, accessToken).request(LogoutDocument, {});
    expect(await browser.see('/wallet')).toBe(401);
    expect(await browser.see('/account')).toEqual({ user: 'ada' });
  });

  it('ends the sessions of user and wallet together on request', async () => {
    const browser = aBrowser(example);
    await browser.logIn('ada');
    await browser.signIn();
    await browser.post('/logout?wallet=too');
    expect(await browser.see('/account')).toBe(401);
    expect(await browser.see('/wallet')).toBe(401);
  });

  it('does not end the wallet session of a previous user on logout', async () => {
    const browser = aBrowser(example);
    await browser.logIn('ada');
    const { session } = await browser.signIn();
    await browser.post('/logout');
    await browser.logIn('grace');
    await browser.post('/logout?wallet=too');
    expect(await browser.see('/wallet')).toEqual({ wallet: session.wallet, user: 'ada' });
  });
});
