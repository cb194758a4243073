import {
  CurrentSessionDocument,
  LogoutAllDocument,
  LogoutDocument,
  RefreshDocument,
  SessionsDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_DEPLOYMENT } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

// The last run prepares no requests, so that Apollo Server answers all of them.
const SETTINGS = [
  ...EVERY_DEPLOYMENT.map((store) => ({ store, prepared: '1000' })),
  { store: 'Redis', prepared: '0' },
] as const;
const NAME = 'sessions over HTTP on the $store store, with $prepared prepared requests';

describe.each(SETTINGS)(NAME, ({ store, prepared }) => {
  let service: TestService;

  beforeAll(async () => {
    service = await startTestService(store, {
      SESSION_LIMIT: '3',
      PREPARED_REQUESTS: prepared,
    });
  });
  afterAll(() => service.stop());

  const as = (accessToken?: string | null) => apiClient(service.url, accessToken);

  it('returns the session, both tokens and the start of the refresh window on sign-in', async () => {
    const wallet = aWallet();
    const before = Date.now();
    const grant = await signIn(service.url, wallet, { walletType: 'MetaMask', device: 'Laptop' });

    expect(grant.session).toMatchObject({
      wallet: wallet.account,
      chainId: 'eip155:1',
      walletType: 'MetaMask',
      device: 'Laptop',
      ipAddress: '127.0.0.1',
      current: true,
    });
    const expiry = Date.parse(grant.session.expiresAt);
    expect(expiry - Date.parse(grant.session.createdAt)).toBe(2 * 60 * 60_000);
    expect(Date.parse(grant.session.createdAt)).toBeGreaterThanOrEqual(before);
    expect(expiry - Date.parse(grant.refreshFrom)).toBe(30 * 60_000);
    expect(grant.accessTokenExpiresAt).toBe(grant.session.expiresAt);
    expect(grant.refreshTokenExpiresAt).toBe(grant.session.expiresAt);
    expect(grant.accessToken).toMatch(/^wsa_[\w-]{83}$/);
    expect(grant.refreshToken).toMatch(/^wsr_[\w-]{108}$/);
  });

  it('identifies a session by its access token, and no session without a token', async () => {
    const { session, accessToken } = await signIn(service.url);
    expect((await as(accessToken).request(CurrentSessionDocument)).session).toEqual(session);
    expect((await as().request(CurrentSessionDocument)).session).toBeNull();
  });

  it('ignores an access token in the URL and forbids caching of the answer', async () => {
    const { accessToken } = await signIn(service.url);
    const ask = async (query: Record<string, string>, headers: Record<string, string>) => {
      const search = new URLSearchParams({ query: '{ session { current } }', ...query });
      const response = await fetch(`${service.url}?${search}`, {
        headers: { 'apollo-require-preflight': 'true', ...headers },
      });
      expect(response.headers.get('cache-control')).toBe('no-store');
      return (await response.json()) as unknown;
    };
    expect(await ask({}, { authorization: `Bearer ${accessToken}` })).toEqual({
      data: { session: { current: true } },
    });
    for (const name of ['access_token', 'authorization', 'token']) {
      expect(await ask({ [name]: accessToken }, {})).toEqual({ data: { session: null } });
    }
  });

  it.each([
    ['of length 0', ''],
    ['in another format', 'nonsense'],
    ['in the right format', `wsa_${'A'.repeat(83)}`],
    ['of 5,000 characters', `wsa_${'A'.repeat(5000)}`],
    ['with a character outside ASCII', '\u00e4'],
  ])(
    'treats a request with a made-up token %s as one without a session',
    async (_described, token) => {
      expect((await as(token).request(CurrentSessionDocument)).session).toBeNull();
      expect(await refusalOf(as(token), SessionsDocument, {})).toBe('UNAUTHENTICATED');
    },
  );

  it('lists all sessions of the wallet, newest first, with the current one marked', async () => {
    const wallet = aWallet();
    const first = await signIn(service.url, wallet, { device: 'Phone' });
    const second = await signIn(service.url, wallet, { device: 'Laptop' });
    await signIn(service.url);

    const { sessions } = await as(first.accessToken).request(SessionsDocument, {});
    expect(sessions.totalCount).toBe(2);
    expect(sessions.edges.map(({ node }) => [node.id, node.device, node.current])).toEqual([
      [second.session.id, 'Laptop', false],
      [first.session.id, 'Phone', true],
    ]);
  });

  it('lists sessions in pages by cursor and refuses an invalid cursor or page size', async () => {
    const wallet = aWallet();
    const grants = [];
    for (let count = 0; count < 3; count += 1) grants.push(await signIn(service.url, wallet));
    const client = as(grants[0]?.accessToken);

    const one = (await client.request(SessionsDocument, { first: 2 })).sessions;
    expect(one.edges).toHaveLength(2);
    expect(one.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });

    const after = one.pageInfo.endCursor;
    const two = (await client.request(SessionsDocument, { first: 2, after })).sessions;
    expect(two.edges.map(({ node }) => node.id)).toEqual([grants[0]?.session.id]);
    expect(two.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });

    expect(await refusalOf(client, SessionsDocument, { after: 'no cursor' })).toBe(
      'BAD_USER_INPUT',
    );
    expect(await refusalOf(client, SessionsDocument, { first: 101 })).toBe('BAD_USER_INPUT');
  });

  it('accepts the new tokens after a refresh and refuses the old access token', async () => {
    const { session, accessToken, refreshToken } = await signIn(service.url);
    const { refresh } = await as().request(RefreshDocument, { refreshToken });

    expect(refresh.session.id).toBe(session.id);
    expect((await as(refresh.accessToken).request(CurrentSessionDocument)).session?.id).toBe(
      session.id,
    );
    expect((await as(accessToken).request(CurrentSessionDocument)).session).toBeNull();
  });

  it('returns the same tokens to twenty concurrent refreshes', async () => {
    const { refreshToken } = await signIn(service.url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => as().request(RefreshDocument, { refreshToken })),
    );
    const [first, ...others] = answers.map(({ refresh }) => refresh);
    for (const other of others) expect(other).toEqual(first);
  });

  it('ends a session when a used refresh token comes back after its successor was used', async () => {
    const { refreshToken } = await signIn(service.url);
    const second = (await as().request(RefreshDocument, { refreshToken })).refresh;
    const third = (await as().request(RefreshDocument, { refreshToken: second.refreshToken }))
      .refresh;

    expect(await refusalOf(as(), RefreshDocument, { refreshToken })).toBe('REFRESH_TOKEN_INVALID');
    expect((await as(third.accessToken).request(CurrentSessionDocument)).session).toBeNull();
    expect(service.log.join('')).toContain('session.token-reused');
  });

  it('does not end a session because of a forged refresh token', async () => {
    const { accessToken, refreshToken } = await signIn(service.url);
    const forged = `${refreshToken.slice(0, -4)}AAAA`;
    expect(await refusalOf(as(), RefreshDocument, { refreshToken: forged })).toBe(
      'REFRESH_TOKEN_INVALID',
    );
    expect((await as(accessToken).request(CurrentSessionDocument)).session).not.toBeNull();
  });

  it('ends the current session or another one of the wallet, and none of other wallets', async () => {
    const wallet = aWallet();
    const [here, there] = [await signIn(service.url, wallet), await signIn(service.url, wallet)];
    const stranger = await signIn(service.url);
    const client = as(here.accessToken);

    const sessionId = there.session.id;
    expect((await client.request(LogoutDocument, { sessionId })).logout.sessionId).toBe(sessionId);
    expect((await as(there.accessToken).request(CurrentSessionDocument)).session).toBeNull();
    for (const id of [sessionId, stranger.session.id, 'made-up', 'A'.repeat(20)]) {
      expect(await refusalOf(client, LogoutDocument, { sessionId: id })).toBe('SESSION_NOT_FOUND');
    }

    await client.request(LogoutDocument, {});
    expect(await refusalOf(client, LogoutDocument, {})).toBe('UNAUTHENTICATED');
    const { refreshToken } = here;
    expect(await refusalOf(as(), RefreshDocument, { refreshToken })).toBe('REFRESH_TOKEN_INVALID');
    expect((await as(stranger.accessToken).request(CurrentSessionDocument)).session).not.toBeNull();
  });

  it('ends all sessions of a wallet, or all except the current one', async () => {
    const wallet = aWallet();
    const [one, two, three] = await Promise.all([
      signIn(service.url, wallet),
      signIn(service.url, wallet),
      signIn(service.url, wallet),
    ]);
    const others = (await as(one.accessToken).request(LogoutAllDocument, { keepCurrent: true }))
      .logoutAll;
    expect(others.count).toBe(2);
    expect([...others.sessionIds].sort()).toEqual([two.session.id, three.session.id].sort());
    expect((await as(one.accessToken).request(LogoutAllDocument, {})).logoutAll).toEqual({
      count: 1,
      sessionIds: [one.session.id],
    });
    expect((await as(one.accessToken).request(CurrentSessionDocument)).session).toBeNull();
  });

  it('ends the session that was unused for longest when a sign-in exceeds the session limit', async () => {
    const wallet = aWallet();
    const unused = await signIn(service.url, wallet);
    for (let count = 0; count < 3; count += 1) await signIn(service.url, wallet);
    expect((await as(unused.accessToken).request(CurrentSessionDocument)).session).toBeNull();
  });
});
