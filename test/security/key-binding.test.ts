import { hash } from 'node:crypto';
import { connect } from 'node:net';
import { calculateJwkThumbprint, decodeJwt } from 'jose';
import { createFetchApi } from '../../src/fetch/index.js';
import { CurrentSessionDocument, RefreshDocument, SessionsDocument } from '../generated/graphql.js';
import { apiClient, signIn, type TokenGrant } from '../harness/api.js';
import { createFakeClock } from '../harness/clock.js';
import {
  aProof,
  aProofKey,
  hmacWithPublicKey,
  type ProofOptions,
  type TestKey,
} from '../harness/proof.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { ownPrefix } from '../harness/stores.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

const APP = 'https://app.example.com';
const URL_OF_API = 'https://auth.example.com/graphql';
const URL_OF_SOCKETS = 'wss://auth.example.com/graphql';
const MINUTE = 60_000;

const thumbprintOf = ({ jwk }: TestKey) => calculateJwkThumbprint(jwk);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: unknown;
  readonly code: string | undefined;
  readonly nonce: string | undefined;
}

/**
 * The thief has tokens of a session that is bound to a key, and not the key (RFC 9449). Two instances share a store, and
 * note there which proofs were used.
 */
describe('a thief with the tokens of a key-bound session', () => {
  const clock = createFakeClock();
  const key = aProofKey();
  const keyOfThief = aProofKey();
  let services: TestService[];
  let wallet: TestWallet;
  let stolen: TokenGrant;

  beforeAll(async () => {
    const environment = {
      REDIS_KEY_PREFIX: ownPrefix(),
      SIGN_IN_ORIGINS: APP,
      PUBLIC_URLS: 'https://auth.example.com',
      COOKIES: 'true',
      KEY_PROOF_SHARED_REPLAY_DETECTION: 'true',
      RATE_LIMIT_REFRESH_PER_SESSION: '60/1m',
      IDENTITY_TOKEN_AUDIENCES: APP,
      TOKEN_INTROSPECTION_CLIENTS: `plain:${hash('sha256', 'secret')},prover:${hash('sha256', 'secret')}:dpop`,
    };
    services = [
      await startTestService('Redis', { ...environment, TRUSTED_PROXIES: 'loopback' }, clock),
      await startTestService('Redis', environment, clock),
    ];
  });
  afterAll(() => Promise.all(services.map((service) => service.stop())));
  beforeEach(async () => {
    wallet = aWallet();
    const dpop = aProof(key, URL_OF_API, clock.now());
    stolen = await signIn(first().url, wallet, {}, { dpop });
  });

  const at = (index: number): TestService => {
    const service = services[index];
    if (service === undefined) throw new Error('There is no such instance.');
    return service;
  };
  const first = () => at(0);
  const second = () => at(1);

  const proofBy = (
    by: TestKey,
    accessToken?: string,
    options: ProofOptions = {},
    htu = URL_OF_API,
  ) => aProof(by, htu, clock.now(), { accessToken, ...options });

  async function post(
    service: TestService,
    headers: Record<string, string>,
    query = '{ session { id } }',
    variables: Record<string, unknown> = {},
  ): Promise<Answer> {
    const response = await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as {
      data?: unknown;
      errors?: { extensions: { code: string; nonce?: string } }[];
    };
    const { code, nonce } = body.errors?.[0]?.extensions ?? {};
    return { status: response.status, headers: response.headers, data: body.data, code, nonce };
  }

  const withProof = (proof: string, { accessToken } = stolen) => ({
    authorization: `DPoP ${accessToken}`,
    dpop: proof,
  });
  const ask = (service: TestService, proof: string) => post(service, withProof(proof));
  const askAsOwner = (service: TestService, grant = stolen) =>
    post(service, withProof(proofBy(key, grant.accessToken), grant));
  const refresh = (service: TestService, refreshToken: string, dpop?: string) =>
    post(
      service,
      dpop === undefined ? {} : { dpop },
      'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }',
      { token: refreshToken },
    );

  const letIn = () => ({ session: { id: stolen.session.id } });

  /** The owner is let in by both instances, and can refresh. */
  async function expectOwnerUnharmed(): Promise<void> {
    expect((await askAsOwner(first())).data).toEqual(letIn());
    expect((await askAsOwner(second())).data).toEqual(letIn());
    const { code } = await refresh(second(), stolen.refreshToken, proofBy(key));
    expect(code).toBeUndefined();
  }

  async function auditedReasons(): Promise<(string | undefined)[]> {
    for (const { services: of } of services) await of.auditLog.isIdle();
    const { entries } = await first().services.auditLog.ofWallet(wallet.account);
    return entries
      .filter(({ type }) => type === 'session.proof-refused')
      .map(({ reason }) => reason);
  }

  it('a thief is refused with a bound access token and no proof, at every instance', async () => {
    const bearer = { authorization: `Bearer ${stolen.accessToken}` };
    for (const service of services) {
      const refused = await post(service, bearer);
      expect(refused).toMatchObject({ status: 401, code: 'KEY_PROOF_REQUIRED', data: undefined });
      expect(refused.headers.get('www-authenticate')).toBe(
        'DPoP error="invalid_token", algs="ES256 EdDSA"',
      );
    }
    const asOwner = withProof(proofBy(key, stolen.accessToken));
    const { data } = await post(first(), asOwner, '{ sessions { edges { node { keyBound } } } }');
    expect(data).toEqual({ sessions: { edges: [{ node: { keyBound: true } }] } });
    expect(await auditedReasons()).toContain('MISSING');
    await expectOwnerUnharmed();
  });

  it('a thief cannot use a bound access token as a bearer token, even next to a valid proof', async () => {
    const dpop = proofBy(key, stolen.accessToken);
    const refused = await post(first(), { authorization: `Bearer ${stolen.accessToken}`, dpop });
    expect(refused).toMatchObject({ status: 401, code: 'KEY_PROOF_REQUIRED' });
    await expectOwnerUnharmed();
  });

  it('a thief cannot use bound tokens as cookies, which do not refresh the session', async () => {
    const cookie = `__Host-wallet-session=${stolen.accessToken}; __Host-wallet-refresh=${stolen.refreshToken}`;
    const asPage = { origin: APP, 'sec-fetch-site': 'same-site' };
    expect(await post(first(), { cookie, ...asPage })).toMatchObject({
      code: 'KEY_PROOF_REQUIRED',
    });
    const onlyRefresh = `__Host-wallet-refresh=${stolen.refreshToken}`;
    const refused = await post(second(), { cookie: onlyRefresh, ...asPage });
    expect(refused).toMatchObject({ code: 'KEY_PROOF_REQUIRED' });
    expect(refused.headers.get('set-cookie')).toBeNull();
    await expectOwnerUnharmed();
  });

  it('a thief cannot exchange a bound refresh token without a proof or with a proof of another key', async () => {
    expect((await refresh(first(), stolen.refreshToken)).code).toBe('KEY_PROOF_REQUIRED');
    const other = await refresh(second(), stolen.refreshToken, proofBy(keyOfThief));
    expect(other.code).toBe('KEY_PROOF_INVALID');
    expect(await auditedReasons()).toEqual(expect.arrayContaining(['MISSING', 'KEY_MISMATCH']));
    await expectOwnerUnharmed();
  });

  it('a thief cannot end a bound session with a used refresh token', async () => {
    const { data } = await refresh(first(), stolen.refreshToken, proofBy(key));
    const { refresh: renewed } = data as { refresh: TokenGrant };
    const grant = { ...stolen, ...renewed };
    expect((await askAsOwner(first(), grant)).data).toEqual(letIn());
    clock.advance(MINUTE);
    expect((await refresh(second(), stolen.refreshToken)).code).toBe('KEY_PROOF_REQUIRED');
    const other = await refresh(second(), stolen.refreshToken, proofBy(keyOfThief));
    expect(other.code).toBe('KEY_PROOF_INVALID');
    expect((await askAsOwner(second(), grant)).data).toEqual(letIn());
    // With the key, the reuse is detected as for any session.
    const reused = await refresh(second(), stolen.refreshToken, proofBy(key));
    expect(reused.code).toBe('REFRESH_TOKEN_INVALID');
    expect((await askAsOwner(first(), grant)).data).toEqual({ session: null });
  });

  it('a thief without the key does not use up the refreshes of the owner', async () => {
    for (let count = 0; count < 70; count += 1) {
      expect((await refresh(first(), stolen.refreshToken)).code).toBe('KEY_PROOF_REQUIRED');
    }
    await expectOwnerUnharmed();
  });

  it('the owner can repeat a refresh whose answer was lost, even if a thief presents the new tokens', async () => {
    const lost = await refresh(first(), stolen.refreshToken, proofBy(key));
    const { refresh: seen } = lost.data as { refresh: TokenGrant };
    clock.advance(MINUTE);
    const bearer = { authorization: `Bearer ${seen.accessToken}` };
    for (const service of services) {
      expect((await post(service, bearer)).code).toBe('KEY_PROOF_REQUIRED');
    }
    const repeated = await refresh(second(), stolen.refreshToken, proofBy(key));
    expect(repeated.code).toBeUndefined();
  });

  it('a thief cannot replay a proof, at the same instance or at another one', async () => {
    const proof = proofBy(key, stolen.accessToken);
    expect((await ask(first(), proof)).data).toEqual(letIn());
    expect(await ask(first(), proof)).toMatchObject({ status: 401, code: 'KEY_PROOF_INVALID' });
    expect(await ask(second(), proof)).toMatchObject({ status: 401, code: 'KEY_PROOF_INVALID' });
    expect(await auditedReasons()).toContain('REPLAYED');
    await expectOwnerUnharmed();
  });

  it.each<[string, string, () => string]>([
    ['for another path', 'URL', () => proofBy(key, stolen.accessToken, {}, `${URL_OF_API}/x`)],
    [
      'for another host',
      'URL',
      () => proofBy(key, stolen.accessToken, {}, 'https://evil.example/graphql'),
    ],
    [
      'for another method',
      'METHOD',
      () => proofBy(key, stolen.accessToken, { claims: { htm: 'GET' } }),
    ],
    ['for another token', 'TOKEN', () => proofBy(key, stolen.refreshToken)],
    ['for no token', 'TOKEN', () => proofBy(key)],
    ['by another key', 'KEY_MISMATCH', () => proofBy(keyOfThief, stolen.accessToken)],
    [
      'by another key that names the key of the owner',
      'SIGNATURE',
      () => proofBy(keyOfThief, stolen.accessToken, { header: { jwk: key.jwk } }),
    ],
    [
      'with alg none',
      'ALGORITHM',
      () => proofBy(key, stolen.accessToken, { header: { alg: 'none' } }),
    ],
    [
      'with an HMAC of the public key',
      'ALGORITHM',
      () =>
        proofBy(key, stolen.accessToken, {
          header: { alg: 'HS512' },
          signature: hmacWithPublicKey(key),
        }),
    ],
    [
      'with a private key in it',
      'KEY',
      () =>
        proofBy(key, stolen.accessToken, {
          header: { jwk: key.privateKey.export({ format: 'jwk' }) },
        }),
    ],
    [
      'in two headers',
      'MALFORMED',
      () => `${proofBy(key, stolen.accessToken)}, ${proofBy(key, stolen.accessToken)}`,
    ],
  ])('both instances refuse a proof %s and audit the reason', async (_what, reason, make) => {
    for (const service of services) {
      expect(await ask(service, make())).toMatchObject({
        status: 401,
        code: 'KEY_PROOF_INVALID',
      });
    }
    expect(await auditedReasons()).toEqual(expect.arrayContaining([reason]));
    await expectOwnerUnharmed();
  });

  it('the service answers a proof of 100 kB with an HTTP status', async () => {
    const { port, hostname } = new URL(first().url);
    const socket = connect(Number(port), hostname);
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nDPoP: ${'a'.repeat(100_000)}\r\n\r\n`;
    const answer = await new Promise<string>((resolve) => {
      let received = '';
      socket.on('data', (data: Buffer) => (received += data.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        resolve(received);
      });
      socket.end(head);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    await expectOwnerUnharmed();
  });

  it('a thief cannot use a proof of another time, because it needs a nonce that only the holder of the key can sign', async () => {
    const claims = { iat: Math.floor(clock.now() / 1000) - 3600 };
    const old = await ask(first(), proofBy(key, stolen.accessToken, { claims }));
    expect(old).toMatchObject({ status: 401, code: 'KEY_PROOF_NONCE_REQUIRED' });
    const { nonce = '' } = old;
    expect(old.headers.get('dpop-nonce')).toBe(nonce);
    expect(old.headers.get('www-authenticate')).toContain('error="use_dpop_nonce"');
    // A client whose clock is an hour late signs the nonce. Any instance knows it.
    const late = proofBy(key, stolen.accessToken, { claims: { ...claims, nonce } });
    expect((await ask(second(), late)).data).toEqual(letIn());
    const forged = proofBy(keyOfThief, stolen.accessToken, { claims: { ...claims, nonce } });
    expect(await ask(second(), forged)).toMatchObject({ code: 'KEY_PROOF_INVALID' });
    await expectOwnerUnharmed();
  });

  it('a thief gains nothing from proxy headers, which change neither the accepted nor the refused URLs', async () => {
    const rewritten = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
    const forEvil = proofBy(key, stolen.accessToken, {}, 'http://evil.example/graphql');
    const refused = await post(first(), { ...withProof(forEvil), ...rewritten });
    expect(refused).toMatchObject({ code: 'KEY_PROOF_INVALID' });
    const forOwner = withProof(proofBy(key, stolen.accessToken));
    expect((await post(first(), { ...forOwner, ...rewritten })).data).toEqual(letIn());
  });

  it('forward authentication accepts a bound token only with a proof for the request that a trusted proxy names', async () => {
    const asks = async (service: TestService, target: Record<string, string>) => {
      const htu = 'https://auth.example.com/app/page';
      const proof = proofBy(key, stolen.accessToken, {}, htu);
      const headers = { ...withProof(proof), 'x-original-method': 'POST', ...target };
      return (await fetch(new URL('/auth', service.url), { headers })).status;
    };
    const target = { 'x-original-uri': '/app/page?query' };
    expect(await asks(first(), target)).toBe(204);
    expect(await asks(first(), { 'x-original-uri': '/app/other' })).toBe(401);
    expect(await asks(first(), { ...target, 'x-forwarded-uri': '/app/other' })).toBe(401);
    // No proxy is trusted there.
    expect(await asks(second(), target)).toBe(401);
    await expectOwnerUnharmed();
  });

  it('forward authentication for Envoy accepts a bound token only with a proof for the path that Envoy appends', async () => {
    const asks = async (service: TestService, target: string, method = 'POST') => {
      const htu = 'https://auth.example.com/app/page';
      const proof = withProof(proofBy(key, stolen.accessToken, {}, htu));
      const headers = { ...proof, 'x-forwarded-method': 'POST', 'x-forwarded-uri': '/app/page' };
      const url = new URL(`/auth/envoy${target}`, service.url);
      return (await fetch(url, { method, headers })).status;
    };
    expect(await asks(first(), '?/app/page?query')).toBe(200);
    expect(await asks(first(), '?/app/other')).toBe(401);
    expect(await asks(first(), '?/app/other?/app/page')).toBe(401);
    expect(await asks(first(), '')).toBe(401);
    expect(await asks(first(), '?/app/page', 'DELETE')).toBe(401);
    // No proxy is trusted there.
    expect(await asks(second(), '?/app/page?query')).toBe(401);
    await expectOwnerUnharmed();
  });

  it('forward authentication refuses a proof when two headers name different methods or targets', async () => {
    const asks = async (
      { htm, path = '/app/page' }: { readonly htm: string; readonly path?: string },
      headers: Record<string, string>,
    ) => {
      const htu = `https://auth.example.com${path}`;
      const dpop = proofBy(key, stolen.accessToken, { claims: { htm } }, htu);
      const { status, headers: given } = await fetch(new URL('/auth', first().url), {
        headers: { ...withProof(dpop), ...headers },
      });
      return [status, given.get('www-authenticate')?.split(',')[0] ?? null];
    };
    const refused = [401, 'DPoP error="invalid_dpop_proof"'];
    const page = { 'x-original-uri': '/app/page' };
    const deletes = { ...page, 'x-original-method': 'DELETE' };
    expect(await asks({ htm: 'DELETE' }, deletes)).toEqual([204, null]);
    for (const htm of ['POST', 'GET', 'DELETE']) {
      expect(await asks({ htm }, { ...deletes, 'x-forwarded-method': 'POST' })).toEqual(refused);
      expect(await asks({ htm }, { ...deletes, 'x-forwarded-method': 'GET' })).toEqual(refused);
    }
    const other = { ...deletes, 'x-forwarded-uri': '/app/other' };
    for (const path of ['/auth', '/app/page', '/app/other', '', '/']) {
      expect(await asks({ htm: 'DELETE', path }, other)).toEqual(refused);
    }
    // The same in both is one.
    const same = { ...deletes, 'x-forwarded-method': 'DELETE', 'x-forwarded-uri': '/app/page' };
    expect(await asks({ htm: 'DELETE' }, same)).toEqual([204, null]);
    expect(await asks({ htm: 'HEAD' }, { ...page, 'x-original-method': 'HEAD' })).toEqual([
      204,
      null,
    ]);
    await expectOwnerUnharmed();
  });

  it.each(['/auth', '/auth/envoy', '/auth/hasura'])(
    'a proof for %s itself opens nothing there, whoever asks',
    async (path) => {
      for (const service of [first(), second()]) {
        for (const htm of ['GET', 'POST']) {
          const htu = `https://auth.example.com${path}`;
          const dpop = proofBy(key, stolen.accessToken, { claims: { htm } }, htu);
          const url = new URL(path, service.url);
          expect((await fetch(url, { headers: withProof(dpop) })).status).toBe(401);
        }
      }
      expect(await auditedReasons()).toContain('URL');
      await expectOwnerUnharmed();
    },
  );

  it('introspection tells the key of a bound token to clients that verify proofs, and calls it inactive for others', async () => {
    const introspect = async (client: string, token: string) => {
      const authorization = `Basic ${Buffer.from(`${client}:secret`).toString('base64')}`;
      const body = new URLSearchParams({ token });
      const answer = await fetch(new URL('/introspect', first().url), {
        method: 'POST',
        body,
        headers: { authorization },
      });
      return (await answer.json()) as Record<string, unknown>;
    };
    expect(await introspect('plain', stolen.accessToken)).toEqual({ active: false });
    const bound = await introspect('prover', stolen.accessToken);
    const cnf = { jkt: await thumbprintOf(key) };
    expect(bound).toMatchObject({ active: true, token_type: 'DPoP', sid: stolen.session.id, cnf });
    expect(await introspect('plain', stolen.accessToken)).toEqual({ active: false });
    const unbound = await introspect('prover', (await signIn(first().url)).accessToken);
    expect(unbound).toMatchObject({ active: true, token_type: 'Bearer' });
    expect(unbound).not.toHaveProperty('cnf');
    await expectOwnerUnharmed();
  });

  it('an introspection of a bound token does not count as its use, so that a lost refresh can still be repeated', async () => {
    const authorization = `Basic ${Buffer.from('prover:secret').toString('base64')}`;
    const grant = await first().services.sessions.refresh(
      stolen.refreshToken,
      {},
      {
        text: proofBy(key),
        method: 'POST',
        path: '/graphql',
      },
    );
    const body = new URLSearchParams({ token: grant.accessToken });
    const answer = await fetch(new URL('/introspect', first().url), {
      method: 'POST',
      body,
      headers: { authorization },
    });
    expect(await answer.json()).toMatchObject({ active: true });
    clock.advance(5 * 60_000);
    expect((await refresh(second(), stolen.refreshToken, proofBy(key))).code).toBeUndefined();
  });

  it('the REST API accepts a bound token only with a proof for the operation, and names the key in identity tokens', async () => {
    const ask = async (headers: Record<string, string>, audience = APP) => {
      const answer = await fetch(new URL('/api/identity-token', first().url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ audience }),
      });
      const { token, code } = (await answer.json()) as { token?: string; code?: string };
      return { status: answer.status, token, code, headers: answer.headers };
    };
    const bearer = await ask({ authorization: `Bearer ${stolen.accessToken}` });
    expect(bearer).toMatchObject({ status: 401, code: 'KEY_PROOF_REQUIRED' });
    expect(bearer.headers.get('www-authenticate')).toMatch(/^DPoP /);
    const forGraphQL = await ask(withProof(proofBy(key, stolen.accessToken)));
    expect(forGraphQL).toMatchObject({ status: 401, code: 'KEY_PROOF_INVALID' });
    const url = 'https://auth.example.com/api/identity-token';
    const { status, token = '' } = await ask(withProof(proofBy(key, stolen.accessToken, {}, url)));
    expect(status).toBe(200);
    expect(decodeJwt(token)['cnf']).toEqual({ jkt: await thumbprintOf(key) });
    await expectOwnerUnharmed();
  });

  it('wallet-sessions/fetch accepts a bound token only with a proof for the URL of the request', async () => {
    const api = createFetchApi(first().services);
    const request = (proof?: string) =>
      new Request('https://auth.example.com/resource?query', {
        method: 'POST',
        headers:
          proof === undefined
            ? { authorization: `Bearer ${stolen.accessToken}` }
            : withProof(proof),
      });
    const proofFor = (path: string) =>
      proofBy(key, stolen.accessToken, {}, `https://auth.example.com${path}`);
    await expect(api.require(request())).rejects.toMatchObject({ code: 'KEY_PROOF_REQUIRED' });
    const elsewhere = api.require(request(proofFor('/other')));
    await expect(elsewhere).rejects.toMatchObject({ code: 'KEY_PROOF_INVALID' });
    const session = await api.require(request(proofFor('/resource')));
    expect(session.id).toBe(stolen.session.id);
    const refused = api.refuse(
      await api.require(request()).catch((error: unknown) => error),
      request(),
    );
    expect(refused.headers.get('www-authenticate')).toMatch(/^DPoP /);
    await expectOwnerUnharmed();
  });

  it('/auth/hasura refuses a bound token, because Hasura does not tell the URL that a proof is for', async () => {
    const asked = await fetch(new URL('/auth/hasura', first().url), {
      headers: { ...withProof(proofBy(key, stolen.accessToken)), 'x-original-uri': '/graphql' },
    });
    expect(asked.status).toBe(401);
    await expectOwnerUnharmed();
  });

  it('the service refuses the token of an unbound session with the scheme DPoP', async () => {
    const unbound = await signIn(first().url, aWallet());
    const dpop = proofBy(keyOfThief, unbound.accessToken);
    const refused = await post(first(), { authorization: `DPoP ${unbound.accessToken}`, dpop });
    expect(refused).toMatchObject({ status: 401, code: 'KEY_PROOF_INVALID' });
    const client = apiClient(first().url, unbound.accessToken);
    expect((await client.request(CurrentSessionDocument)).session?.id).toBe(unbound.session.id);
  });

  it('two tabs of the owner that refresh at once with separate proofs get the same tokens', async () => {
    const tabs = await Promise.all([
      refresh(first(), stolen.refreshToken, proofBy(key)),
      refresh(second(), stolen.refreshToken, proofBy(key)),
    ]);
    expect(tabs[0].data).toEqual(tabs[1].data);
    expect(tabs[0].data).toMatchObject({
      refresh: { accessToken: expect.stringMatching(/^wsa_/) as unknown },
    });
  });

  describe('over a WebSocket', () => {
    const open = (dpop: string | undefined, scheme = 'DPoP') =>
      openSocket(second().webSocketUrl, undefined, {
        authorization: `${scheme} ${stolen.accessToken}`,
        ...(dpop !== undefined && { dpop }),
      });
    const socketProof = (by: TestKey, htu = URL_OF_SOCKETS) =>
      proofBy(by, stolen.accessToken, { claims: { htm: 'GET' } }, htu);

    it.each<[string, () => ReturnType<typeof open>, string]>([
      ['a bearer token', () => open(undefined, 'Bearer'), 'KEY_PROOF_REQUIRED MISSING'],
      ['no proof', () => open(undefined), 'KEY_PROOF_REQUIRED MISSING'],
      [
        'a proof by another key',
        () => open(socketProof(keyOfThief)),
        'KEY_PROOF_INVALID KEY_MISMATCH',
      ],
      ['a proof for HTTP', () => open(socketProof(key, URL_OF_API)), 'KEY_PROOF_INVALID URL'],
      [
        'a proof for a POST',
        () => open(proofBy(key, stolen.accessToken)),
        'KEY_PROOF_INVALID METHOD',
      ],
    ])('a thief cannot open a socket with %s', async (_what, attempt, reason) => {
      expect(await attempt().closed).toEqual({ code: 4403, reason });
      await expectOwnerUnharmed();
    });

    it('only the owner, with a proof, can present the next token over a socket', async () => {
      const socket = open(socketProof(key));
      await socket.opened;
      expect((await socket.request(CurrentSessionDocument, {})).session?.id).toBe(
        stolen.session.id,
      );
      const { data } = await refresh(first(), stolen.refreshToken, proofBy(key));
      const { accessToken } = (data as { refresh: TokenGrant }).refresh;
      const next = (by: TestKey) =>
        aProof(by, URL_OF_SOCKETS, clock.now(), { accessToken, claims: { htm: 'GET' } });
      expect(await socket.present(accessToken)).toBe(false);
      expect(await socket.present(accessToken, next(keyOfThief))).toBe(false);
      expect(await socket.present(accessToken, next(key))).toBe(true);
      await socket.close();
    });

    it('a bound session cannot be refreshed over a socket, not even over one of its owner', async () => {
      const socket = open(socketProof(key));
      await socket.opened;
      const { refreshToken } = stolen;
      await expect(socket.request(RefreshDocument, { refreshToken })).rejects.toMatchObject({
        errors: [{ extensions: { code: 'KEY_PROOF_REQUIRED' } }],
      });
      expect((await socket.request(SessionsDocument, {})).sessions.totalCount).toBe(1);
      await socket.close();
    });
  });
});
