import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import express from 'express';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { walletSessionsApi } from '../../src/express/index.js';
import { createFetchApi } from '../../src/fetch/index.js';
import { DEFAULT_SESSION_POLICY } from '../../src/sessions/policy.js';
import { embedWalletSessions, serve } from '../harness/application.js';
import { createFakeClock, type FakeClock } from '../harness/clock.js';
import {
  cookieOf,
  restClient,
  signInByRest,
  type RestResponse,
  type SendRest,
} from '../harness/rest.js';
import { startTestService } from '../harness/service.js';
import { ORIGIN } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

interface Face {
  readonly send: SendRest;
  close(): Promise<void>;
}

const BODY_LIMIT = 5000;
const AUDIENCE = 'https://api.example.com';

type OpenFace = (clock: FakeClock) => Promise<Face>;

const embedded = (clock: FakeClock): Promise<WalletSessions> =>
  embedWalletSessions('embedded', {
    cookies: true,
    identityTokens: { audiences: [AUDIENCE] },
    clock,
  });

function inExpress(...before: express.RequestHandler[]): OpenFace {
  return async (clock) => {
    const walletSessions = await embedded(clock);
    const app = express();
    app.use(
      '/api',
      ...before,
      walletSessionsApi(walletSessions as never, { bodyLimit: BODY_LIMIT }),
    );
    const { url, close } = await serve(app);
    return {
      send: restClient(fetch, `${url}/api`),
      async close() {
        await close();
        await walletSessions.close();
      },
    };
  };
}

/** One implementation at every door. */
const FACES: readonly [string, OpenFace][] = [
  [
    'wallet-sessions/fetch',
    async (clock) => {
      const walletSessions = await embedded(clock);
      const { handler } = createFetchApi(walletSessions, { bodyLimit: BODY_LIMIT });
      const send = restClient((request) => handler(request, { ip: '192.0.2.1' }), `${ORIGIN}/api`);
      return { send, close: () => walletSessions.close() };
    },
  ],
  ['Express', inExpress()],
  ['Express after express.json()', inExpress(express.json())],
  [
    'the service at /api',
    async (clock) => {
      const environment = {
        COOKIES: 'true',
        SIGN_IN_ORIGINS: ORIGIN,
        MESSAGE_LIMIT: String(BODY_LIMIT),
        IDENTITY_TOKEN_AUDIENCES: AUDIENCE,
      };
      const service = await startTestService('embedded', environment, clock);
      return {
        send: restClient(fetch, service.url.replace('/graphql', '/api')),
        close: () => service.stop(),
      };
    },
  ],
];

const bearer = ({ body }: RestResponse) => ({
  headers: { authorization: `Bearer ${String(body['accessToken'])}` },
});
const PAGE = { origin: ORIGIN };

describe.each(FACES)('the REST API of %s', (name, open) => {
  let face: Face;
  let clock: FakeClock;
  let send: SendRest;
  beforeAll(async () => {
    clock = createFakeClock();
    face = await open(clock);
    const conforms = await conformance(face.send);
    send = async (path, body, init) => {
      const answer = await face.send(path, body, init);
      conforms(init?.method ?? (body === undefined ? 'GET' : 'POST'), path, answer);
      return answer;
    };
  });
  afterAll(() => face.close());

  it('signs in, refreshes, lists, and logs out with bearer tokens, and answers as its description says', async () => {
    const wallet = aWallet();
    const described = { walletType: 'Test Wallet', device: 'a device', logoutOthers: null };
    const signedIn = await signInByRest(send, wallet, {}, described);
    expect(signedIn.status).toBe(200);
    expect(signedIn.headers.getSetCookie()).toEqual([]);
    expect(signedIn.headers.get('cache-control')).toBe('no-store');
    expect(signedIn.headers.get('x-content-type-options')).toBe('nosniff');
    const session = await send('/session', undefined, bearer(signedIn));
    expect(session.body).toMatchObject({
      wallet: wallet.account,
      device: 'a device',
      current: true,
      capabilities: {},
    });
    const { refreshToken } = signedIn.body;
    const refreshed = await send('/refresh', { refreshToken });
    expect(refreshed.status).toBe(200);
    expect((await send('/session', undefined, bearer(signedIn))).status).toBe(401);

    clock.advance(1);
    const other = await signInByRest(send, wallet);
    const page = await send('/sessions?first=1', undefined, bearer(other));
    expect(page.body).toMatchObject({ totalCount: 2, hasNextPage: true });
    const next = await send(
      `/sessions?after=${String(page.body['endCursor'])}`,
      undefined,
      bearer(other),
    );
    expect(next.body).toMatchObject({
      hasNextPage: false,
      sessions: [{ id: session.body['id'], current: false }],
    });
    const { id } = session.body;
    expect((await send('/logout', { sessionId: id }, bearer(other))).body).toEqual({
      sessionId: id,
    });
    expect((await send('/session', undefined, bearer(refreshed))).status).toBe(401);
    const all = await send('/logout-all', {}, bearer(other));
    expect(all.body).toMatchObject({ count: 1 });
    expect((await send('/session', undefined, bearer(other))).status).toBe(401);
  });

  it('issues an identity token, and publishes the key that verifies it', async () => {
    const signedIn = await signInByRest(send);
    const { status, body } = await send(
      '/identity-token',
      { audience: AUDIENCE },
      bearer(signedIn),
    );
    expect(status).toBe(200);
    const keys = await send('/jwks.json');
    expect(keys.headers.get('cache-control')).toBe('public, max-age=300');
    expect(keys.headers.get('access-control-allow-origin')).toBe('*');
    const { payload } = await jwtVerify(
      String(body['token']),
      createLocalJWKSet(keys.body as unknown as JSONWebKeySet),
      { issuer: ORIGIN, audience: AUDIENCE, currentDate: new Date(clock.now()) },
    );
    expect(payload.sub).toBe((signedIn.body['session'] as { wallet: string }).wallet);
    const other = await send('/identity-token', { audience: 'https://other' }, bearer(signedIn));
    expect(other).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
    expect((await send('/jwks.json', undefined, { method: 'POST' })).status).toBe(405);
  });

  it('renews the authentication of a session with a new signature', async () => {
    const wallet = aWallet();
    const signedIn = await signInByRest(send, wallet);
    clock.advance(60_000);
    const { body } = await send('/challenge', { account: wallet.account, chainId: 'eip155:1' });
    const message = String(body['message']);
    const signed = { message, signature: await wallet.sign(message) };
    const session = await send('/reauthenticate', signed, bearer(signedIn));
    expect(session.body['authenticatedAt']).toBe(new Date(clock.now()).toISOString());
    const stranger = await signInByRest(send);
    const again = await send('/reauthenticate', signed, bearer(stranger));
    expect(again).toMatchObject({ status: 400, body: { code: 'NONCE_INVALID' } });
  });

  it('puts the tokens of a page into cookies and not into the answer, refreshes them, and clears them', async () => {
    const signedIn = await signInByRest(send, aWallet(), PAGE);
    expect(signedIn.body).toMatchObject({ accessToken: null, refreshToken: null });
    const headers = () => ({ headers: { ...PAGE, cookie } });
    let cookie = cookieOf(signedIn);
    for (const text of signedIn.headers.getSetCookie()) {
      expect(text).toMatch(/^__Host-.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    }
    expect((await send('/session', undefined, headers())).headers.getSetCookie()).toEqual([]);
    const { timeout, refreshWindow } = DEFAULT_SESSION_POLICY;
    clock.advance(timeout - refreshWindow + 1);
    const refreshed = await send('/session', undefined, headers());
    expect(refreshed.status).toBe(200);
    cookie = cookieOf(refreshed);
    expect(cookie).toContain('__Host-wallet-refresh=');
    const explicit = await send('/refresh', {}, headers());
    expect(explicit).toMatchObject({ status: 200, body: { accessToken: null } });
    cookie = cookieOf(explicit);
    // A body is not needed where every field has a default.
    const ended = await send('/logout', undefined, { ...headers(), method: 'POST' });
    expect(ended.status).toBe(200);
    expect(ended.headers.getSetCookie().join()).toMatch(/Max-Age=0/);
    expect((await send('/session', undefined, headers())).status).toBe(401);
  });

  it('ends the session whose cookies a sign-in replaces', async () => {
    const first = await signInByRest(send, aWallet(), PAGE);
    const replaced = { ...PAGE, cookie: cookieOf(first) };
    await signInByRest(send, aWallet(), replaced);
    expect((await send('/session', undefined, { headers: replaced })).status).toBe(401);
  });

  it('refuses cookies that do not come from a page of an allowed origin, before anything is done', async () => {
    const signedIn = await signInByRest(send, aWallet(), PAGE);
    const cookie = cookieOf(signedIn);
    const foreign = [
      { cookie },
      { cookie, origin: 'https://evil.example' },
      { cookie, origin: 'null' },
    ];
    for (const headers of foreign) {
      for (const path of ['/logout', '/logout-all', '/refresh']) {
        const answer = await send(path, {}, { headers });
        expect(answer).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } });
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
      expect((await send('/session', undefined, { headers })).status).toBe(403);
    }
    expect((await send('/session', undefined, { headers: { ...PAGE, cookie } })).status).toBe(200);
  });

  it('signs no visitor of another origin in by cookies', async () => {
    const answer = await signInByRest(send, aWallet(), { origin: 'https://evil.example' });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'refuses a body of type %s, which forms of other origins can send',
    async (type) => {
      const headers = { 'content-type': type };
      expect((await send('/challenge', '{}', { headers })).status).toBe(415);
    },
  );

  it.each<[string, unknown]>([
    ['/challenge', '[]'],
    ['/challenge', { account: 1 }],
    ['/challenge', { chainId: 'eip155:x' }],
    ['/challenge', { chainId: 1.5 }],
    ['/challenge', { account: '0x1' }],
    ['/challenge', { unknown: true }],
    ['/challenge', '{"__proto__": {"account": "x"}}'],
    ['/sign-in', {}],
    ['/sign-in', { message: 'x', signature: {} }],
    ['/sign-in', { message: 'x', signature: '0x', logoutOthers: 'yes' }],
    ['/logout-all', { keepCurrent: 1 }],
    ['/sessions?first=101', undefined],
    ['/sessions?first=-1', undefined],
    ['/sessions?after=nonsense', undefined],
  ])('refuses %s with %j and says why', async (path, body) => {
    const given = path.startsWith('/sessions') ? bearer(await signInByRest(send)) : {};
    const answer = await send(path, body, given);
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toEqual(expect.stringMatching(/\.$/));
  });

  // express.json() has its own answer to a body that is not JSON, and to one that is too long.
  if (!name.includes('express.json')) {
    it('refuses a body that is not JSON, and one that is too long', async () => {
      expect((await send('/challenge', '{')).body).toMatchObject({ code: 'BAD_REQUEST' });
      expect((await send('/challenge', '"x"')).body).toMatchObject({ code: 'BAD_USER_INPUT' });
      const headers = { 'content-type': 'application/json; charset=latin1' };
      expect((await send('/challenge', '{}', { headers })).status).toBe(415);
      const long = await send('/challenge', { account: 'x'.repeat(2 * BODY_LIMIT) });
      expect(long).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    });
  }

  it('answers no other method and no other spelling of a path', async () => {
    for (const [method, path, allow] of [
      ['GET', '/logout', 'POST'],
      ['PUT', '/logout', 'POST'],
      ['DELETE', '/session', 'GET, HEAD'],
      ['POST', '/session', 'GET, HEAD'],
    ] as const) {
      const answer = await send(path, undefined, { method });
      expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
      expect(answer.headers.get('allow')).toBe(allow);
    }
    const override = { method: 'GET', headers: { 'x-http-method-override': 'POST' } };
    expect((await send('/logout', undefined, override)).status).toBe(405);
    for (const path of [
      '/session/',
      '//session',
      '/SESSION',
      '/%73ession',
      '/constructor',
      '/__proto__',
    ]) {
      const response = await fetchStatus(face, path);
      expect(response).toBe(404);
    }
  });

  it('answers HEAD like GET without a body', async () => {
    const signedIn = await signInByRest(send);
    const answer = await send('/session', undefined, { method: 'HEAD', ...bearer(signedIn) });
    expect(answer).toMatchObject({ status: 200, body: {} });
  });

  it('says with a challenge that a session is needed, and what is wrong with a token', async () => {
    const nobody = await send('/session');
    expect(nobody).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
    const mistaken = await send('/session', undefined, {
      headers: { authorization: 'Bearer undefined' },
    });
    expect(mistaken.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(mistaken.body['detail']).toContain('"undefined"');
  });
});

/** The status of an answer that need not be JSON. */
async function fetchStatus({ send }: Face, path: string): Promise<number> {
  return send(path).then(
    ({ status }) => status,
    (error: unknown) => {
      // What the servers themselves answer is a text or a page.
      if (error instanceof SyntaxError) return 404;
      throw error;
    },
  );
}

/** Loads the description of the API, checks it, and returns a check of answers against it. */
async function conformance(send: SendRest) {
  const { body: description } = await send('/openapi.json');
  const { valid, errors } = await new Validator().validate(structuredClone(description));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(description, 'api');
  const { paths } = description as {
    paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  };

  return (method: string, path: string, { status, headers, body }: RestResponse) => {
    const [name = ''] = path.split('?');
    const operation = paths[name]?.[method.toLowerCase()];
    if (operation === undefined || method === 'HEAD') return;
    const described = operation.responses[String(status)];
    if (described === undefined)
      throw new Error(`${method} ${path} is described without ${status}.`);
    const [type = ''] = (headers.get('content-type') ?? '').split(';');
    const reference =
      described.$ref ??
      '#/paths/' +
        [name.replaceAll('/', '~1'), method.toLowerCase(), 'responses', status].join('/');
    const schema = `api${reference}/content/${encodeURIComponent(type.replaceAll('/', '~1'))}/schema`;
    const validate = ajv.getSchema(schema);
    if (validate === undefined) throw new Error(`There is no schema ${schema}.`);
    expect({ path, status, errors: validate(body) === true ? [] : validate.errors }).toEqual({
      path,
      status,
      errors: [],
    });
  };
}

interface Described {
  readonly $ref?: string;
}
