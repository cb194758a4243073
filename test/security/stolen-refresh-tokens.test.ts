import { GraphQLClient } from 'graphql-request';
import { print } from 'graphql';
import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutDocument,
  RefreshDocument,
  SessionRevokedDocument,
  SignInDocument,
} from '../generated/graphql.js';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { apiClient, refusalOf, signIn, type TokenGrant } from '../harness/api.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { createCookieClient, type CookieClient } from '../harness/cookie-client.js';
import { failingCalls } from '../harness/failing-calls.js';
import { codesOf, EVERY_TRANSPORT } from '../harness/operation.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const BUDGET = 5;
const APP = 'https://app.example.com';

/** Proxies on the loopback address are trusted, so that a test has as many addresses as it wants. */
const LIMITED = {
  TRUSTED_PROXIES: 'loopback',
  RATE_LIMIT_REFRESH_PER_IP: '3/1h',
  RATE_LIMIT_REFRESH_PER_SESSION: `${BUDGET}/1h`,
};

let addresses = 0;
const anAddress = () => `198.51.100.${(addresses += 1)}`;

describe.each(EVERY_STORE)('a stolen refresh token on the %s store', (store) => {
  let service: TestService;
  let wallet: TestWallet;
  let stolen: TokenGrant;
  let other: TokenGrant;
  let watcher: ReturnType<typeof openSocket>;

  beforeAll(async () => {
    service = await startTestService(store, LIMITED);
  });
  afterAll(() => service.stop());

  beforeEach(async () => {
    wallet = aWallet();
    stolen = await signIn(service.url, wallet);
    other = await signIn(service.url, wallet);
    watcher = openSocket(service.webSocketUrl, other.accessToken);
    await watcher.opened;
  });
  afterEach(() => watcher.close());

  const from = (address: string) =>
    new GraphQLClient(service.url, { headers: { 'x-forwarded-for': address } });

  async function refresh(refreshToken: string, client = from(anAddress())): Promise<TokenGrant> {
    return (await client.request(RefreshDocument, { refreshToken })).refresh as TokenGrant;
  }

  /** Refreshes the stolen token until its session has no refresh left. */
  async function spendBudget(thief: GraphQLClient): Promise<TokenGrant[]> {
    const grants = [stolen];
    for (let count = 0; count < BUDGET; count += 1) {
      grants.push(await refresh(grants.at(-1)?.refreshToken ?? '', thief));
    }
    const { refreshToken = '' } = grants.at(-1) ?? {};
    expect(await refusalOf(thief, RefreshDocument, { refreshToken })).toBe('RATE_LIMITED');
    return grants;
  }

  async function heardByWatcher() {
    for await (const { sessionRevoked } of watcher.subscribe(SessionRevokedDocument, {
      after: '0-0',
    })) {
      return sessionRevoked;
    }
    throw new Error('The subscription ended.');
  }

  it.each(EVERY_TRANSPORT)(
    'ends a stolen session when its owner presents the used token over %s, even after the thief has spent every refresh',
    async (_transport, send) => {
      const [thief, accomplice] = [from(anAddress()), from(anAddress())];
      const grants = await spendBudget(thief);
      const [previous, current] = grants.slice(-2) as [TokenGrant, TokenGrant];
      for (let count = 0; count < 3 * BUDGET; count += 1) {
        const repeated = await refresh(previous.refreshToken, thief);
        expect(repeated.refreshToken).toBe(current.refreshToken);
        const { refreshToken } = current;
        expect(await refusalOf(accomplice, RefreshDocument, { refreshToken })).toBe('RATE_LIMITED');
      }

      const { refreshToken } = stolen;
      const answer = await send(service, {
        query: print(RefreshDocument),
        variables: { refreshToken },
      });
      expect(codesOf(answer)).toEqual(['REFRESH_TOKEN_INVALID']);
      expect(await heardByWatcher()).toMatchObject({
        sessionId: stolen.session.id,
        reason: 'TOKEN_REUSE',
      });
      const { session } = await apiClient(service.url, current.accessToken).request(
        CurrentSessionDocument,
      );
      expect(session).toBeNull();
    },
  );

  it('keeps the refreshes of another session of the owner when a thief has spent those of the stolen one', async () => {
    await spendBudget(from(anAddress()));
    let { refreshToken } = other;
    for (let count = 0; count < BUDGET; count += 1)
      ({ refreshToken } = await refresh(refreshToken));
    expect(refreshToken).not.toBe(other.refreshToken);
  });

  it('detects a stolen refresh token in a network whose refresh budget is spent, and accepts current tokens there', async () => {
    const client = from(anAddress());
    const codes = [];
    for (let count = 0; count < 4; count += 1) {
      codes.push(await refusalOf(client, RefreshDocument, { refreshToken: 'nonsense' }));
    }
    expect(codes.at(-1)).toBe('RATE_LIMITED');
    expect((await refresh(other.refreshToken, client)).session.id).toBe(other.session.id);
    const { refreshToken } = await refresh((await refresh(stolen.refreshToken)).refreshToken);
    expect(await refusalOf(client, RefreshDocument, stolen)).toBe('REFRESH_TOKEN_INVALID');
    expect(await heardByWatcher()).toMatchObject({ reason: 'TOKEN_REUSE' });
    // From now on it is a token of a session that has ended, and counts like any other that proves nothing.
    expect(await refusalOf(client, RefreshDocument, { refreshToken })).toBe('RATE_LIMITED');
  });

  it('spends no refreshes of other sessions with the refresh token of an ended session', async () => {
    await apiClient(service.url, stolen.accessToken).request(LogoutDocument, {});
    const { refreshToken } = stolen;
    const codes = [];
    for (let count = 0; count < 4; count += 1) {
      codes.push(await refusalOf(from('203.0.113.200'), RefreshDocument, { refreshToken }));
    }
    expect(new Set(codes)).toEqual(new Set(['REFRESH_TOKEN_INVALID', 'RATE_LIMITED']));
    expect((await refresh(other.refreshToken)).session.id).toBe(other.session.id);
  });
});

describe.each(EVERY_STORE)('a stolen refresh token in a cookie, on the %s store', (store) => {
  let service: TestService;
  beforeAll(async () => {
    const inCookies = { COOKIES: 'true', SIGN_IN_ORIGINS: APP };
    service = await startTestService(store, { ...LIMITED, ...inCookies });
  });
  afterAll(() => service.stop());

  const aBrowser = (address = anAddress()) =>
    createCookieClient(service.url, { origin: APP, 'x-forwarded-for': address });

  async function signInWith(browser: CookieClient, wallet: TestWallet) {
    const { data } = await browser.send(CreateSignInChallengeDocument, { account: wallet.account });
    const message = data?.createSignInChallenge.message ?? '';
    const answer = await browser.send(SignInDocument, {
      message,
      signature: await wallet.sign(message),
    });
    return answer.data?.signIn.session.id;
  }

  const sessionOf = async (browser: CookieClient) =>
    (await browser.send(CurrentSessionDocument, {})).data?.session;

  it("ends a stolen session when its owner's browser sends the used cookie, even after the thief has spent every refresh", async () => {
    const wallet = aWallet();
    const [owner, thief, elsewhere] = [aBrowser(), aBrowser(), aBrowser()];
    const sessionId = await signInWith(owner, wallet);
    await signInWith(elsewhere, wallet);
    for (const [name, value] of owner.cookies) thief.cookies.set(name, value);
    for (let count = 0; count < BUDGET; count += 1) {
      expect(codesOf(await thief.send(RefreshDocument, {}))).toEqual([]);
    }
    expect(codesOf(await thief.send(RefreshDocument, {}))).toEqual(['RATE_LIMITED']);

    expect(await sessionOf(owner)).toBeNull();
    expect(owner.cookies.size).toBe(0);
    expect(await sessionOf(thief)).toBeNull();
    expect(codesOf(await elsewhere.send(RefreshDocument, {}))).toEqual([]);
    await service.services.auditLog.flush();
    const { entries } = await service.services.auditLog.ofWallet({ wallet: wallet.account });
    expect(entries).toContainEqual(
      expect.objectContaining({ type: 'session.revoked', sessionId, reason: 'TOKEN_REUSE' }),
    );
  });

  it('treats the cookies of an ended session as no session, even when the refresh budget of the network is spent', async () => {
    const wallet = aWallet();
    const address = anAddress();
    const [browser, neighbour] = [aBrowser(address), aBrowser(address)];
    await signInWith(browser, wallet);
    const ended = browser.header();
    await browser.send(LogoutDocument, {});
    const codes = [];
    for (let count = 0; count < 4; count += 1) {
      codes.push(...codesOf(await neighbour.send(RefreshDocument, { refreshToken: 'nonsense' })));
    }
    expect(codes.at(-1)).toBe('RATE_LIMITED');
    for (let count = 0; count < 4; count += 1) {
      const answer = await browser.send(CurrentSessionDocument, {}, { cookie: ended });
      expect(answer).toMatchObject({ status: 200, data: { session: null } });
    }
    expect(await signInWith(browser, wallet)).toBeDefined();
  });
});

describe.each(EVERY_STORE)(
  'refreshes while rate limits cannot be counted, on the %s store',
  (store) => {
    const calls = failingCalls();
    let walletSessions: WalletSessions;

    beforeAll(async () => {
      walletSessions = await embedWalletSessions(store, {}, (opened) => calls.within(opened));
    });
    afterAll(() => walletSessions.close());
    afterEach(() => {
      calls.recover();
    });

    const refresh = (token: string) => walletSessions.sessions.refresh(token, {});

    it('ends the session of a used refresh token even if rate limits cannot be counted', async () => {
      const first = await signInTo(walletSessions);
      const { refreshToken } = await refresh(first.refreshToken);
      const { accessToken } = await refresh(refreshToken);
      calls.fail('rateLimits.count');
      await expect(refresh(first.refreshToken)).rejects.toMatchObject({
        code: 'REFRESH_TOKEN_INVALID',
      });
      expect(await walletSessions.sessions.authenticate(accessToken)).toBeUndefined();
    });

    it('ends the session of a used refresh token in a cookie even if rate limits cannot be counted', async () => {
      const first = await signInTo(walletSessions);
      const { refreshToken } = await refresh(first.refreshToken);
      const { accessToken } = await refresh(refreshToken);
      calls.fail('rateLimits.count');
      const validated = await walletSessions.sessions.validateAndRefresh(first, {});
      expect(validated.session).toBeUndefined();
      expect(await walletSessions.sessions.authenticate(accessToken)).toBeUndefined();
    });

    it('refuses only tokens that prove nothing while rate limits cannot be counted, since a session counts its own refreshes', async () => {
      const first = await signInTo(walletSessions);
      const second = await refresh(first.refreshToken);
      calls.fail('rateLimits.count');
      expect((await refresh(first.refreshToken)).refreshToken).toBe(second.refreshToken);
      await expect(refresh('nonsense')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      expect((await refresh(second.refreshToken)).refreshToken).not.toBe(second.refreshToken);
    });
  },
);
