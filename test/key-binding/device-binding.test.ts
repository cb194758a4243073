import { hash } from 'node:crypto';
import { createFakeClock } from '../harness/clock.js';
import {
  createCookieClient,
  signInByCookies,
  type CookieClient,
} from '../harness/cookie-client.js';
import {
  aProof,
  aProofKey,
  hmacWithPublicKey,
  type ProofOptions,
  type TestKey,
} from '../harness/proof.js';
import { startTestService, TEST_KEY, type TestService } from '../harness/service.js';
import { openRawSocket } from '../harness/raw-socket.js';
import { ownPrefix } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';
import { createDeviceChallenges } from '../../src/key-binding/device-proof.js';
import { createKeyRing, readSessionKeys } from '../../src/sessions/key-ring.js';
import {
  AuditEventsDocument,
  CreateSignInChallengeDocument,
  DeviceSessionDocument,
  LogoutAllDocument,
  RefreshDocument,
  SignInDocument,
} from '../generated/graphql.js';

const ORIGIN = 'https://app.example.com';
const DEVICE = '__Host-wallet-device';
const ACCESS = '__Host-wallet-session';
const REFRESH = '__Host-wallet-refresh';
const MINUTE = 60_000;

/** A browser that knows Device Bound Session Credentials, in the steps of the draft of the W3C. */
describe('a session in cookies that is bound to a device', () => {
  const clock = createFakeClock();
  let here: TestService;
  let there: TestService;
  beforeAll(async () => {
    const environment = {
      COOKIES: 'true',
      DEVICE_BINDING: 'true',
      SIGN_IN_ORIGINS: ORIGIN,
      SESSION_KEYS: TEST_KEY,
      REDIS_KEY_PREFIX: ownPrefix(),
      TOKEN_INTROSPECTION_CLIENTS: `api:${hash('sha256', 'secret')}`,
    };
    [here, there] = await Promise.all([
      startTestService('Redis', environment, clock),
      startTestService('Redis', environment, clock),
    ]);
  });
  afterAll(() => Promise.all([here.stop(), there.stop()]));

  const page = { origin: ORIGIN };

  interface Signed {
    readonly browser: CookieClient;
    readonly challenge: string;
    readonly sessionId: string;
  }

  /** Signs in, and reads the offer in the answer. */
  async function aSignIn(service = here): Promise<Signed> {
    let offer = '';
    const real = globalThis.fetch;
    const listening = jest.spyOn(globalThis, 'fetch').mockImplementation(async (...args) => {
      const response = await real(...args);
      offer = response.headers.get('secure-session-registration') ?? offer;
      return response;
    });
    const browser = createCookieClient(service.url, page);
    const { id: sessionId } = await signInByCookies(browser);
    listening.mockRestore();
    const [, challenge = ''] =
      /^\(ES256\);path="\/api\/device-session\/start";challenge="([\w-]+)"$/.exec(offer) ?? [];
    return { browser, challenge, sessionId };
  }

  const proofOf = (key: TestKey, challenge: string, options: ProofOptions = {}) =>
    aProof(key, '', clock.now(), {
      ...options,
      header: { typ: 'dbsc+jwt', ...options.header },
      claims: { jti: challenge, ...options.claims },
    });

  /** Sends what the browser sends by itself, without any header of a page, and keeps the cookie of the answer. */
  async function send(
    browser: CookieClient,
    path: 'start' | 'refresh',
    headers: Record<string, string>,
    service = here,
  ) {
    const url = new URL(`/api/device-session/${path}`, service.url);
    const cookie = browser.header();
    const response = await fetch(url, { method: 'POST', headers: { cookie, ...headers } });
    for (const setCookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? [];
      browser.cookies.set(name, value);
    }
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  }

  const register = ({ browser, challenge }: Signed, key: TestKey, options: ProofOptions = {}) =>
    send(browser, 'start', { 'secure-session-response': `"${proofOf(key, challenge, options)}"` });

  interface Bound extends Signed {
    readonly key: TestKey;
    readonly identifier: string;
  }

  /** A bound session, a minute later. */
  async function aBoundSession(): Promise<Bound> {
    const signed = await aSignIn();
    const key = aProofKey();
    const { status, body } = await register(signed, key);
    expect(status).toBe(200);
    clock.advance(MINUTE);
    return { ...signed, key, identifier: String(body['session_identifier']) };
  }

  /** The session that an instance finds in the cookies of the browser. */
  async function sessionIn(browser: CookieClient, service = here, cookie = browser.header()) {
    const client = createCookieClient(service.url, page);
    const { data } = await client.send(DeviceSessionDocument, {}, { cookie });
    return data?.session ?? null;
  }

  function without(browser: CookieClient, name: string): string {
    const kept = [...browser.cookies].filter(([other]) => other !== name);
    return kept.map((pair) => pair.join('=')).join('; ');
  }

  async function challengeFor({ browser, identifier }: Bound, service = here): Promise<string> {
    const named = { 'sec-secure-session-id': `"${identifier}"` };
    const { status, headers } = await send(browser, 'refresh', named, service);
    expect(status).toBe(403);
    const given = headers.get('secure-session-challenge') ?? '';
    const [, challenge = '', id] = /^"([\w-]+)";id="([^"]+)"$/.exec(given) ?? [];
    expect(id).toBe(identifier);
    return challenge;
  }

  const renew = (
    { browser, identifier }: Bound,
    proof: string,
    service = here,
    named = identifier,
  ) =>
    send(
      browser,
      'refresh',
      { 'sec-secure-session-id': `"${named}"`, 'secure-session-response': `"${proof}"` },
      service,
    );

  describe('registration', () => {
    it('binds the session when the browser proves a key for the challenge in the answer to the sign-in', async () => {
      const signed = await aSignIn();
      const { status, headers, body } = await register(signed, aProofKey());
      expect(status).toBe(200);
      expect(headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^__Host-wallet-device=[\w-]{30}; Max-Age=300; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
        ),
      ]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).toEqual({
        session_identifier: expect.stringContaining(`${signed.sessionId}.`) as string,
        refresh_url: 'refresh',
        scope: { include_site: false },
        credentials: [
          {
            type: 'cookie',
            name: DEVICE,
            attributes: 'Path=/; Secure; HttpOnly; SameSite=Strict',
          },
        ],
        allowed_refresh_initiators: ['app.example.com'],
      });
      expect(await sessionIn(signed.browser, there)).toMatchObject({ deviceBound: true });
    });

    it('is audited for the owner of the wallet', async () => {
      const { browser, sessionId } = await aBoundSession();
      await here.services.auditLog.flush();
      const { data } = await browser.send(AuditEventsDocument, { first: 5 });
      const types = data?.auditEvents.edges.map(({ node }) => [node.type, node.sessionId]);
      expect(types).toContainEqual(['SESSION_DEVICE_BOUND', sessionId]);
    });

    it('is not offered to clients without cookies, nor by the answer to a refresh', async () => {
      const { browser } = await aSignIn();
      const heard: (string | null)[] = [];
      const real = globalThis.fetch;
      const listening = jest.spyOn(globalThis, 'fetch').mockImplementation(async (...args) => {
        const response = await real(...args);
        heard.push(response.headers.get('secure-session-registration'));
        return response;
      });
      await browser.send(RefreshDocument, {});
      await signInWithoutCookies();
      listening.mockRestore();
      expect(heard).toEqual([null, null, null]);
    });

    /** By a client that is no browser: it sends no origin. */
    async function signInWithoutCookies() {
      await signInByCookies(createCookieClient(here.url, {}));
    }

    /** By a client that gets its tokens in the body of the answer. */
    async function aSignInOfAProgram(program: CookieClient) {
      const wallet = aWallet();
      const { account } = wallet;
      const { data } = await program.send(CreateSignInChallengeDocument, { account });
      const message = data?.createSignInChallenge.message ?? '';
      const signature = await wallet.sign(message);
      const signed = await program.send(SignInDocument, { message, signature });
      const { accessToken, session } = signed.data?.signIn ?? {};
      return { accessToken: accessToken ?? '', sessionId: session?.id ?? '' };
    }

    it('answers a repeated registration of the same key as the first one', async () => {
      const signed = await aSignIn();
      const key = aProofKey();
      expect((await register(signed, key)).status).toBe(200);
      expect((await register(signed, key)).status).toBe(200);
    });

    it('refuses a second key, and keeps the first one', async () => {
      const bound = await aSignIn();
      const key = aProofKey();
      const { body } = await register(bound, key);
      expect(await register(bound, aProofKey())).toMatchObject({
        status: 409,
        body: { title: 'Conflict', code: 'ALREADY_BOUND' },
      });
      const renewed = { ...bound, key, identifier: String(body['session_identifier']) };
      const challenge = await challengeFor(renewed);
      expect((await renew(renewed, proofOf(key, challenge))).status).toBe(200);
    });

    it('binds the session if it was reauthenticated at the same time', async () => {
      const signed = await aSignIn();
      const changed = jest
        .spyOn(here.services.sessions, 'bindToDevice')
        .mockResolvedValueOnce(false);
      const { status } = await register(signed, aProofKey());
      expect([status, changed.mock.calls.length]).toEqual([200, 2]);
      changed.mockRestore();
    });

    it('is refused with 401 if the session ends at the same time', async () => {
      const signed = await aSignIn();
      const { sessions } = here.services;
      const ended = jest.spyOn(sessions, 'bindToDevice').mockImplementationOnce(async (session) => {
        await sessions.logout(session, session.id, {});
        return false;
      });
      expect((await register(signed, aProofKey())).status).toBe(401);
      ended.mockRestore();
    });

    it('lets one of many keys win that are registered at once', async () => {
      const signed = await aSignIn();
      const keys = Array.from({ length: 6 }, () => aProofKey());
      const answers = await Promise.all(
        keys.map((key, index) =>
          send(
            signed.browser,
            'start',
            { 'secure-session-response': proofOf(key, signed.challenge) },
            index % 2 === 0 ? here : there,
          ),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    });

    const other = aProofKey();
    it.each<[string, ProofOptions, ((signed: Signed) => Promise<void>)?]>([
      ['a proof for another challenge', { claims: { jti: 'x'.repeat(24) } }],
      ['a proof without a challenge', { claims: { jti: undefined } }],
      ['a proof of another type', { header: { typ: 'dpop+jwt' } }],
      ['a proof without a key', { header: { jwk: undefined } }],
      ['a proof that another key signed', { header: { jwk: other.jwk } }],
      [
        'a private key in the proof',
        { header: { jwk: other.privateKey.export({ format: 'jwk' }) } },
      ],
      ['alg: none', { header: { alg: 'none' }, signature: () => Buffer.alloc(64) }],
      [
        'an HMAC with the public key',
        { header: { alg: 'HS512' }, signature: hmacWithPublicKey(other) },
      ],
      ['an unknown critical extension', { header: { crit: ['exp'], exp: 1 } }],
      ['a proof of 100 kB', { claims: { padding: 'x'.repeat(6000) } }],
    ])('refuses %s, and binds nothing', async (_name, options) => {
      const signed = await aSignIn();
      const { status } = await register(signed, aProofKey(), options);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(await sessionIn(signed.browser)).toMatchObject({ deviceBound: false });
    });

    it('refuses the challenge of another session, and one that is older than a minute', async () => {
      const [one, another] = [await aSignIn(), await aSignIn()];
      const foreign = await register({ ...one, challenge: another.challenge }, aProofKey());
      clock.advance(MINUTE + 1);
      const late = await register(one, aProofKey());
      expect([foreign.status, late.status]).toEqual([401, 401]);
    });

    it('refuses a challenge that was given for a renewal, and gives none without cookies of the session', async () => {
      const { browser, sessionId } = await aSignIn();
      const thief = aProofKey();
      const { x = '', y = '' } = thief.jwk;
      const named = { 'sec-secure-session-id': `"${sessionId}.${x}.${y}"` };
      const challengeIn = ({ headers }: { headers: Headers }) =>
        /^"([\w-]+)"/.exec(headers.get('secure-session-challenge') ?? '')?.[1];
      const nobody = createCookieClient(here.url, page);
      const unasked = await send(nobody, 'refresh', named);
      expect([unasked.status, challengeIn(unasked)]).toEqual([401, undefined]);
      for (const age of [0, 60 * MINUTE]) {
        clock.advance(age);
        const challenge = challengeIn(await send(browser, 'refresh', named)) ?? '';
        const { status } = await register({ browser, challenge, sessionId }, thief);
        expect([age, status]).toEqual([age, 401]);
      }
      expect(await sessionIn(browser)).toMatchObject({ id: sessionId, deviceBound: false });
    });

    it('is impossible for a client that keeps its tokens itself, with its access token in a cookie', async () => {
      const program = createCookieClient(here.url, {});
      const { accessToken, sessionId } = await aSignInOfAProgram(program);
      const thief = aProofKey();
      const { x = '', y = '' } = thief.jwk;
      const copied = createCookieClient(here.url, page);
      copied.cookies.set(ACCESS, accessToken);
      const asked = await send(copied, 'refresh', {
        'sec-secure-session-id': `"${sessionId}.${x}.${y}"`,
      });
      const given = asked.headers.get('secure-session-challenge');
      const [, challenge = ''] = /^"([\w-]+)"/.exec(given ?? '') ?? [];
      const { status } = await register({ browser: copied, challenge, sessionId }, thief);
      expect([asked.status, given, status]).toEqual([401, null, 401]);
      const headers = { authorization: `Bearer ${accessToken}` };
      const { data } = await program.send(DeviceSessionDocument, {}, { headers });
      expect(data?.session).toMatchObject({ id: sessionId, deviceBound: false });
    });

    it('refuses the challenge of the sign-in once the tokens were refreshed', async () => {
      const signed = await aSignIn();
      await signed.browser.send(RefreshDocument, {});
      expect((await register(signed, aProofKey())).status).toBe(401);
      expect(await sessionIn(signed.browser)).toMatchObject({ deviceBound: false });
    });

    it('refuses a session that is older than a minute, even for a challenge that is not', async () => {
      const signed = await aSignIn();
      const secrets = readSessionKeys(TEST_KEY);
      const keys = createKeyRing('keys' in secrets ? secrets.keys : []);
      clock.advance(MINUTE + 1);
      const { sessionId } = signed;
      const challenge = createDeviceChallenges(keys).make('registration', sessionId, clock.now());
      expect((await register({ ...signed, challenge }, aProofKey())).status).toBe(401);
      expect(await sessionIn(signed.browser)).toMatchObject({ deviceBound: false });
    });

    it('refuses a registration without the cookies of a session', async () => {
      const { challenge } = await aSignIn();
      const stranger = createCookieClient(here.url, page);
      const { status } = await send(stranger, 'start', {
        'secure-session-response': proofOf(aProofKey(), challenge),
      });
      expect(status).toBe(401);
    });
  });

  describe('its cookies', () => {
    it('are admitted alone for ten seconds after the binding, for requests that were under way', async () => {
      const signed = await aSignIn();
      await register(signed, aProofKey());
      const alone = without(signed.browser, DEVICE);
      clock.advance(9_999);
      expect(await sessionIn(signed.browser, here, alone)).not.toBeNull();
      clock.advance(1);
      expect(await sessionIn(signed.browser, here, alone)).toBeNull();
    });

    it('are refused without the device cookie by every face and instance, and stay in the browser', async () => {
      const { browser } = await aBoundSession();
      const cookie = without(browser, DEVICE);
      for (const service of [here, there]) {
        const client = createCookieClient(service.url, page);
        const { data, setCookies } = await client.send(DeviceSessionDocument, {}, { cookie });
        expect([data?.session, setCookies]).toEqual([null, []]);
        const origin = new URL(service.url).origin;
        for (const path of ['/api/session', '/auth']) {
          const { status } = await fetch(origin + path, { headers: { cookie, ...page } });
          expect([path, status]).toEqual([path, 401]);
        }
      }
      expect(await sessionIn(browser)).not.toBeNull();
    });

    it('open no WebSocket of the session without the device cookie', async () => {
      const { browser, sessionId } = await aBoundSession();
      const ask = async (cookie: string) => {
        const socket = await openRawSocket(here.webSocketUrl, { ...page, headers: { cookie } });
        socket.send({ type: 'connection_init' });
        await socket.next();
        socket.send({ type: 'subscribe', id: '1', payload: { query: '{ session { id } }' } });
        const answer = await socket.next();
        socket.socket.terminate();
        return answer;
      };
      expect(await ask(without(browser, DEVICE))).toMatchObject({
        payload: { data: { session: null } },
      });
      expect(await ask(browser.header())).toMatchObject({
        payload: { data: { session: { id: sessionId } } },
      });
    });

    it('are refused with an expired, a made-up and another session’s device cookie', async () => {
      const [one, another] = [await aBoundSession(), await aBoundSession()];
      const { browser } = one;
      const withDevice = (value = '') => `${without(browser, DEVICE)}; ${DEVICE}=${value}`;
      const genuine = browser.cookies.get(DEVICE) ?? '';
      const later = Buffer.from(genuine, 'base64url');
      later.writeUIntBE(clock.now() + 60 * MINUTE, 0, 6);
      const made = [later.toString('base64url'), another.browser.cookies.get(DEVICE), '', 'x'];
      for (const value of made) {
        expect(await sessionIn(browser, here, withDevice(value))).toBeNull();
      }
      expect(await sessionIn(browser, there)).not.toBeNull();
      clock.advance(5 * MINUTE);
      expect(await sessionIn(browser)).toBeNull();
    });

    it('hold tokens that work nowhere else: as bearer tokens, for a refresh or for introspection', async () => {
      const { browser } = await aBoundSession();
      const accessToken = browser.cookies.get(ACCESS) ?? '';
      const refreshToken = browser.cookies.get(REFRESH) ?? '';
      const program = createCookieClient(there.url, {});
      const authorization = `Bearer ${accessToken}`;
      const read = await program.send(DeviceSessionDocument, {}, { headers: { authorization } });
      const refreshed = await program.send(RefreshDocument, { refreshToken });
      const codes = [read, refreshed].map(({ errors }) => errors?.[0]?.extensions?.['code']);
      expect(codes).toEqual(['KEY_PROOF_REQUIRED', 'KEY_PROOF_REQUIRED']);
      const introspected = await fetch(new URL('/introspect', here.url), {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('api:secret').toString('base64')}` },
        body: new URLSearchParams({ token: accessToken }),
      });
      expect(await introspected.json()).toEqual({ active: false });
      expect(await sessionIn(browser)).not.toBeNull();
    });

    it('cannot end the session by a used refresh token without the device cookie', async () => {
      const { browser } = await aBoundSession();
      const stolen = without(browser, DEVICE);
      await browser.send(RefreshDocument, {});
      clock.advance(MINUTE);
      await createCookieClient(there.url, page).send(RefreshDocument, {}, { cookie: stolen });
      await createCookieClient(there.url, page).send(LogoutAllDocument, {}, { cookie: stolen });
      expect(await sessionIn(browser)).not.toBeNull();
    });

    it('do not keep a browser that has lost its key from signing in again', async () => {
      const { browser, sessionId } = await aBoundSession();
      browser.cookies.delete(DEVICE);
      const { id } = await signInByCookies(browser);
      expect(id).not.toBe(sessionId);
      expect(await sessionIn(browser)).toMatchObject({ id, deviceBound: false });
    });

    it('are refreshed with the device cookie, and the session stays bound', async () => {
      const bound = await aBoundSession();
      clock.advance(100 * MINUTE);
      const challenge = await challengeFor(bound);
      await renew(bound, proofOf(bound.key, challenge));
      const { browser } = bound;
      const before = browser.cookies.get(ACCESS);
      expect((await browser.send(DeviceSessionDocument, {})).data?.session).toMatchObject({
        deviceBound: true,
      });
      expect(browser.cookies.get(ACCESS)).not.toBe(before);
      expect(await sessionIn(browser, there, without(browser, DEVICE))).toBeNull();
    });

    it('stay bound when an instance writes what it knew of the session before', async () => {
      const signed = await aSignIn();
      const accessToken = signed.browser.cookies.get(ACCESS) ?? '';
      const stale = await there.services.sessions.authenticate(accessToken);
      if (stale === undefined) throw new Error('There is no session.');
      await register(signed, aProofKey());
      clock.advance(10 * MINUTE);
      there.services.sessions.lastSeen.note(stale, {}, clock.now());
      await there.services.sessions.lastSeen.flush();
      const named = await here.services.sessions.resume(stale);
      expect(named?.deviceBoundAt).toEqual(expect.any(Number));
    });
  });

  describe('the device cookie', () => {
    it('is renewed at any instance for a proof of the key, and no sooner', async () => {
      const bound = await aBoundSession();
      clock.advance(30 * MINUTE);
      bound.browser.cookies.delete(DEVICE);
      const challenge = await challengeFor(bound, here);
      expect(await sessionIn(bound.browser)).toBeNull();
      const proof = proofOf(bound.key, challenge, { header: { jwk: undefined } });
      const { status } = await renew(bound, proof, there);
      expect(status).toBe(200);
      expect(await sessionIn(bound.browser)).toMatchObject({ deviceBound: true });
    });

    it('is not renewed for a proof of another key, even if the request names that key', async () => {
      const bound = await aBoundSession();
      const thief = aProofKey();
      const challenge = await challengeFor(bound);
      const signedByThief = await renew(bound, proofOf(thief, challenge));
      const { x = '', y = '' } = thief.jwk;
      const named = `${bound.sessionId}.${x}.${y}`;
      const namedThief = await renew(bound, proofOf(thief, challenge), here, named);
      expect([signedByThief.status, namedThief.status]).toEqual([401, 401]);
      expect(await sessionIn(bound.browser)).not.toBeNull();
    });

    it('is not renewed without the cookies of the session, nor for those of another one', async () => {
      const [one, another] = [await aBoundSession(), await aBoundSession()];
      const proof = proofOf(one.key, await challengeFor(one));
      const nobody = { ...one, browser: createCookieClient(here.url, page) };
      const foreign = { ...one, browser: another.browser };
      expect((await renew(nobody, proof)).status).toBe(401);
      expect((await renew(foreign, proof)).status).toBe(401);
    });

    it('is not renewed once the session has ended, so that the browser forgets it', async () => {
      const bound = await aBoundSession();
      const cookies = new Map(bound.browser.cookies);
      await bound.browser.send(LogoutAllDocument, {});
      for (const [name, value] of cookies) bound.browser.cookies.set(name, value);
      const challenge = await challengeFor(bound);
      expect((await renew(bound, proofOf(bound.key, challenge))).status).toBe(401);
    });

    it('needs another proof when the challenge is older than a minute', async () => {
      const bound = await aBoundSession();
      const challenge = await challengeFor(bound);
      clock.advance(MINUTE + 1);
      const { status, headers } = await renew(bound, proofOf(bound.key, challenge));
      expect(status).toBe(403);
      expect(headers.get('secure-session-challenge')).toContain(bound.identifier);
    });

    it('is not renewed for the challenge of the sign-in, which is for the registration alone', async () => {
      const signed = await aSignIn();
      const key = aProofKey();
      const { body } = await register(signed, key);
      const bound = { ...signed, key, identifier: String(body['session_identifier']) };
      expect((await renew(bound, proofOf(key, signed.challenge))).status).toBe(403);
    });

    it('needs the refresh token of the session, and no other, for a challenge', async () => {
      const [one, another] = [await aBoundSession(), await aBoundSession()];
      const named = { 'sec-secure-session-id': `"${one.identifier}"` };
      const accessAlone = createCookieClient(here.url, page);
      accessAlone.cookies.set(ACCESS, one.browser.cookies.get(ACCESS) ?? '');
      for (const browser of [accessAlone, another.browser]) {
        const { status, headers } = await send(browser, 'refresh', named);
        expect([status, headers.get('secure-session-challenge')]).toEqual([401, null]);
      }
    });

    it.each(['', '"x"', `"${'a'.repeat(20)}.x.y"`])(
      'is not renewed for a request that names no session: %s',
      async (named) => {
        const browser = createCookieClient(here.url, page);
        const { status } = await send(browser, 'refresh', { 'sec-secure-session-id': named });
        expect(status).toBe(400);
      },
    );
  });

  it.each(['start', 'refresh'])('is served by POST alone: %s', async (path) => {
    const response = await fetch(new URL(`/api/device-session/${path}`, here.url));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('does not exist unless DEVICE_BINDING is on: the endpoints answer 404', async () => {
    const plain = await startTestService('embedded', { COOKIES: 'true', SIGN_IN_ORIGINS: ORIGIN });
    const url = new URL('/api/device-session/start', plain.url);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
    await plain.stop();
  });
});
