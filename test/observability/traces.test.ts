import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { createTracing } from '../../src/telemetry/tracing.js';
import { SessionsDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { embedWalletSessions, signInTo } from '../harness/application.js';
import { EVERY_TRANSPORT } from '../harness/operation.js';
import { startTestService, type TestService } from '../harness/service.js';
import { startTracing, type Traces } from '../harness/traces.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

describe('traces with a registered OpenTelemetry SDK', () => {
  let traces: Traces;
  let service: TestService;

  beforeEach(async () => {
    traces = startTracing();
    service = await startTestService('Redis');
  });

  afterEach(async () => {
    await service.stop();
    await traces.stop();
  });

  const post = (query: string, headers: Record<string, string> = {}) =>
    fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  function childrenOf(parent: ReadableSpan): string[] {
    return traces
      .spans()
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent.spanContext().spanId)
      .map(({ name }) => name);
  }

  it.each(EVERY_TRANSPORT)('creates a server span for an operation over %s', async (name, send) => {
    await send(service, { query: 'query nameOfTheClient { session { id } }' });

    const span = traces.span('query session');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.attributes).toMatchObject({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'session',
      'network.protocol.name': name.toLowerCase(),
    });
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('creates a span for a request with a prepared answer like for any other', async () => {
    await post('{ session { id } }');
    traces.forget();
    await post('{ session { id } }');

    expect(traces.span('query session').attributes).toMatchObject({
      'graphql.operation.type': 'query',
    });
  });

  it('adds the span of an operation to the trace of its request', async () => {
    await post('{ session { id } }', { traceparent: `00-${TRACE}-${PARENT}-01` });

    const span = traces.span('query session');
    expect(span.spanContext().traceId).toBe(TRACE);
    expect(span.parentSpanContext).toMatchObject({ spanId: PARENT, isRemote: true });
  });

  it('records the request id of the answer on the span of an operation', async () => {
    const answer = await post('{ session { id } }');

    expect(traces.span('query session').attributes['wallet_sessions.request_id']).toBe(
      answer.headers.get('x-request-id'),
    );
  });

  it('creates child spans of an operation for store calls and signature verification', async () => {
    const { accessToken } = await signIn(service.url);

    const span = traces.span('mutation signIn');
    expect(childrenOf(span)).toEqual(
      expect.arrayContaining(['verify signature', 'challenges.take', 'sessions.insert']),
    );
    expect(traces.span('sessions.insert')).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: { 'db.system.name': 'redis', 'db.operation.name': 'sessions.insert' },
    });
    expect(traces.span('verify signature').attributes).toEqual({
      'wallet_sessions.signer': 'account',
      'wallet_sessions.signature_valid': true,
    });

    traces.forget();
    await apiClient(service.url, accessToken).request(SessionsDocument, {});
    expect(childrenOf(traces.span('query sessions'))).toEqual(
      expect.arrayContaining(['sessions.find', 'sessions.listPage']),
    );
  });

  it('creates server spans for requests to the REST API and forward authentication, with the conventions for HTTP', async () => {
    const { origin } = new URL(service.url);
    const { accessToken } = await signIn(service.url);
    const headers = {
      authorization: `Bearer ${accessToken}`,
      traceparent: `00-${TRACE}-${PARENT}-01`,
    };
    traces.forget();
    const answer = await fetch(`${origin}/auth`, { headers });
    await fetch(`${origin}/api/session`);
    await fetch(`${origin}/api/session`, { method: 'PURGE' });

    const auth = traces.span('GET /auth');
    expect(auth).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId: TRACE, spanId: PARENT },
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/auth',
        'http.response.status_code': 204,
        'wallet_sessions.request_id': answer.headers.get('x-request-id'),
      },
    });
    expect(childrenOf(auth)).toContain('sessions.find');
    const refused = traces.span('GET /api/session');
    expect(refused.attributes['http.response.status_code']).toBe(401);
    expect(refused.attributes).not.toHaveProperty('error.type');
    expect(refused.status.code).toBe(SpanStatusCode.UNSET);
    expect(traces.span('HTTP /api/session').attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.response.status_code': 405,
    });
  });

  it('does not set the error status of a span for a client error', async () => {
    await post('{ sessions { totalCount } }');

    const span = traces.span('query sessions');
    expect(span.attributes['error.type']).toBe('UNAUTHENTICATED');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('creates child spans for store calls and signature verification under the span of an embedding application', async () => {
    const walletSessions = await embedWalletSessions('embedded');
    const own = trace.getTracer('application').startSpan('own');
    await context.with(trace.setSpan(context.active(), own), () => signInTo(walletSessions));
    own.end();

    expect(childrenOf(own as unknown as ReadableSpan)).toEqual(
      expect.arrayContaining(['verify signature', 'sessions.insert']),
    );
    expect(traces.span('sessions.insert').attributes['db.system.name']).toBe('lmdb');
    await walletSessions.close();
  });
});

it('returns undefined from createTracing without an OpenTelemetry SDK', () => {
  expect(createTracing()).toBeUndefined();

  const traces = startTracing();
  expect(createTracing()).toBeDefined();
  return traces.stop();
});
