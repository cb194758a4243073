import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  LogoutAllDocument,
  LogoutDocument,
  RefreshDocument,
  SessionRevokedDocument,
  SessionsDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { scrape } from '../harness/metrics.js';
import { EVERY_TRANSPORT } from '../harness/operation.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { EVERY_STORE } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const OPERATIONS = 'wallet_sessions_operation_duration_seconds_count';
const ERRORS = 'wallet_sessions_operation_errors_total';
const REQUESTS = 'wallet_sessions_requests_total';
const DURATIONS = 'wallet_sessions_request_duration_seconds_count';
const VALIDATIONS = 'wallet_sessions_validations_total';

const SECRET = 'secret of an API';
const SECRET_HASH = createHash('sha256').update(SECRET).digest('hex');

describe.each(EVERY_STORE)('the metrics of a service on the %s store', (store) => {
  let service: TestService;

  beforeEach(async () => {
    service = await startTestService(store, {
      METRICS_PORT: '0',
      TOKEN_INTROSPECTION_CLIENTS: `api:${SECRET_HASH}`,
    });
  });

  afterEach(() => service.stop());

  const read = () => scrape(service.metricsUrl);
  const post = (query: string, headers: Record<string, string> = {}) =>
    fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  it('counts operations by the field of the schema, including requests with a prepared answer', async () => {
    const { accessToken } = await signIn(service.url);
    for (let time = 0; time < 30; time += 1) {
      await post('query mine { session { id } }', { authorization: `Bearer ${accessToken}` });
    }

    const metrics = await read();

    const over = { transport: 'http', outcome: 'answered' };
    expect(metrics.value(OPERATIONS, { ...over, type: 'mutation', field: 'signIn' })).toBe(1);
    expect(metrics.value(OPERATIONS, { ...over, type: 'query', field: 'session' })).toBe(30);
  });

  it.each(EVERY_TRANSPORT)(
    'counts refused operations over %s by their error code',
    async (name, send) => {
      const transport = name.toLowerCase();

      await send(service, { query: '{ sessions { totalCount } }' });
      await send(service, {
        query: 'mutation mine { logoutAll { count } session: logout { sessionId } }',
      });
      await send(service, { query: 'query secretName { nothingOfThatName }' });
      await send(service, { query: '}{' });

      const metrics = await read();
      const refused = { transport, outcome: 'refused' };
      expect(metrics.value(OPERATIONS, { ...refused, type: 'query', field: 'sessions' })).toBe(1);
      expect(metrics.value(OPERATIONS, { ...refused, type: 'mutation', field: 'several' })).toBe(1);
      expect(metrics.value(OPERATIONS, { ...refused, type: 'unknown' })).toBe(2);
      expect(metrics.value(ERRORS, { code: 'UNAUTHENTICATED' })).toBe(2);
      expect(metrics.value(ERRORS, { code: 'GRAPHQL_PARSE_FAILED' })).toBe(1);
      expect(metrics.value(ERRORS, { code: 'GRAPHQL_VALIDATION_FAILED' })).toBe(1);
      expect(metrics.text).not.toMatch(/secretName|nothingOfThatName|mine/);
    },
  );

  it('counts requests that are refused before GraphQL execution', async () => {
    await fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    });
    await fetch(service.url, { method: 'DELETE' });
    await fetch(`${service.url}?query={__typename}`);

    const metrics = await read();
    expect(metrics.value(ERRORS, { code: 'UNSUPPORTED_MEDIA_TYPE' })).toBe(1);
    expect(metrics.value(ERRORS, { code: 'METHOD_NOT_ALLOWED' })).toBe(1);
    // CSRF prevention.
    expect(metrics.value(ERRORS, { code: 'BAD_REQUEST' })).toBe(1);
  });

  it('counts requests to the REST API, forward authentication and introspection by route and outcome', async () => {
    const { origin } = new URL(service.url);
    const before = await read();
    expect(before.text).toContain(`${REQUESTS}{route="/auth",outcome="refused"} 0`);
    const { accessToken } = await signIn(service.url);
    const headers = { authorization: `Bearer ${accessToken}` };

    for (let time = 0; time < 3; time += 1) await fetch(`${origin}/auth`, { headers });
    await fetch(`${origin}/auth`);
    await fetch(`${origin}/api/session`, { headers });
    await fetch(`${origin}/api/logout-all`, { method: 'POST', body: '{' });
    const preflight = { origin, 'access-control-request-method': 'POST' };
    await fetch(`${origin}/api/logout-all`, { method: 'OPTIONS', headers: preflight });
    await fetch(`${origin}/introspect`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`api:${SECRET}`).toString('base64')}` },
      body: new URLSearchParams({ token: accessToken }),
    });

    const metrics = await read();
    const of = (route: string, outcome: string) => metrics.value(REQUESTS, { route, outcome });
    expect(of('/auth', 'answered')).toBe(3);
    expect(of('/auth', 'refused')).toBe(1);
    expect(of('/api/session', 'answered')).toBe(1);
    expect(of('/api/logout-all', 'refused')).toBe(1);
    expect(of('/api/logout-all', 'answered')).toBe(0);
    expect(of('/introspect', 'answered')).toBe(1);
    expect(metrics.value(DURATIONS, { route: '/introspect', outcome: 'answered' })).toBe(1);
    expect(metrics.value(DURATIONS, { route: '/api/session' })).toBe(1);
    // Those that were answered from memory are only counted.
    expect(metrics.value(DURATIONS, { route: '/auth' })).toBe(1);
    expect(metrics.text).not.toContain(accessToken);
  });

  it('counts operations whose fields are selected by fragments', async () => {
    await post('query { ...root } fragment root on Query { ... { session { id } } }');

    expect((await read()).value(OPERATIONS, { type: 'query', field: 'session' })).toBe(1);
  });

  it('counts validations of sessions by the source of the answer and the outcome', async () => {
    const { accessToken, refreshToken } = await signIn(service.url);
    const ask = (token: string) => post('{ session { id } }', { authorization: `Bearer ${token}` });

    await ask(accessToken);
    await ask(accessToken);
    await ask(`${accessToken.slice(0, -4)}AAAA`);
    await ask('nonsense');
    await apiClient(service.url).request(RefreshDocument, { refreshToken });
    await ask(accessToken);
    await post('{ session { id } }');

    const metrics = await read();
    const byStore = (outcome: string) =>
      metrics.value(VALIDATIONS, { answered_by: 'store', outcome });
    expect(metrics.value(VALIDATIONS, { answered_by: 'near_cache', outcome: 'valid' })).toBe(1);
    expect(byStore('valid')).toBe(1);
    expect(byStore('malformed')).toBe(1);
    expect(byStore('mismatched')).toBe(2);
    expect(metrics.value('wallet_sessions_near_cache_hits_total')).toBe(1);
    expect(metrics.value('wallet_sessions_near_cache_invalidations_total')).toBe(1);
  });

  it('counts the validation of an ended session with the outcome "unknown"', async () => {
    const { accessToken } = await signIn(service.url);
    await apiClient(service.url, accessToken).request(LogoutDocument, {});
    await refusalOf(apiClient(service.url, accessToken), SessionsDocument, {});

    const metrics = await read();
    expect(metrics.value(VALIDATIONS, { answered_by: 'store', outcome: 'unknown' })).toBe(1);
  });

  it('counts audit events by type and reason, starting at 0', async () => {
    const wallet = aWallet();
    const before = await read();
    const name = 'wallet_sessions_audit_events_total';
    expect(before.text).toContain(`${name}{type="session.token-reused",reason=""} 0`);

    await signIn(service.url, wallet);
    const { accessToken } = await signIn(service.url, wallet);
    await apiClient(service.url, accessToken).request(LogoutAllDocument, {});

    const metrics = await read();
    expect(metrics.value(name, { type: 'session.created' })).toBe(2);
    expect(metrics.value(name, { type: 'session.revoked', reason: 'LOGOUT_ALL' })).toBe(2);
  });

  it('measures the duration of signature verification and of store calls', async () => {
    await signIn(service.url);

    const metrics = await read();
    const verified = { signer: 'account', outcome: 'valid' };
    expect(
      metrics.value('wallet_sessions_signature_verification_duration_seconds_count', verified),
    ).toBe(1);
    const calls = 'wallet_sessions_store_call_duration_seconds_count';
    expect(metrics.value(calls, { call: 'sessions.insert' })).toBe(1);
    expect(metrics.value(calls, { call: 'challenges.take' })).toBe(1);
  });

  it('counts open sockets and subscriptions and measures the delay of revocations to them', async () => {
    const wallet = aWallet();
    const { accessToken } = await signIn(service.url, wallet);
    const other = await signIn(service.url, wallet);
    const socket = openSocket(service.webSocketUrl, accessToken);
    const events = socket.subscribe(SessionRevokedDocument, {});
    const next = events.next();
    await eventually(async () => {
      const metrics = await read();
      expect(metrics.value('wallet_sessions_subscriptions')).toBe(1);
      expect(metrics.value('wallet_sessions_sockets')).toBe(1);
    });

    await apiClient(service.url, other.accessToken).request(LogoutDocument, {});
    await next;

    const metrics = await read();
    // The subscription and the socket itself.
    expect(metrics.value('wallet_sessions_revocation_delay_seconds_count')).toBe(2);
    expect(
      metrics.value(OPERATIONS, {
        transport: 'websocket',
        type: 'subscription',
        field: 'sessionRevoked',
        outcome: 'answered',
      }),
    ).toBe(1);
    await socket.close();
    await eventually(async () => {
      const after = await read();
      expect(after.value('wallet_sessions_sockets')).toBe(0);
      expect(after.value('wallet_sessions_subscriptions')).toBe(0);
    });
  });

  it('does not measure the delay of revocations that a client missed while it was disconnected', async () => {
    const wallet = aWallet();
    const { accessToken } = await signIn(service.url, wallet);
    const other = await signIn(service.url, wallet);
    await apiClient(service.url, other.accessToken).request(LogoutDocument, {});
    const socket = openSocket(service.webSocketUrl, accessToken);
    const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
    await events.next();

    expect((await read()).value('wallet_sessions_revocation_delay_seconds_count')).toBe(0);
    await socket.close();
  });

  it('exports the metrics of the process and of Node.js under their standard names', async () => {
    const { names } = await read();

    expect(names).toContain('process_cpu_seconds_total');
    expect(names).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('serves metrics only on their own port, which serves nothing else', async () => {
    const { origin } = new URL(service.url);
    const own = new URL(service.metricsUrl ?? '').origin;

    expect((await fetch(`${origin}/metrics`)).status).toBe(404);
    expect((await fetch(`${own}/graphql`)).status).toBe(404);
    expect((await fetch(`${own}/metrics`, { method: 'POST' })).status).toBe(404);
    expect(new URL(own).hostname).toBe('127.0.0.1');
  });
});

describe('the metrics port of a service', () => {
  it('keeps the metrics port closed unless it is configured', async () => {
    const service = await startTestService('embedded');

    expect(service.metricsUrl).toBeUndefined();
    await service.stop();
  });

  it('refuses to start when the metrics port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    await expect(startTestService('embedded', { METRICS_PORT: String(port) })).rejects.toThrow(
      'EADDRINUSE',
    );
    other.close();
  });
});
