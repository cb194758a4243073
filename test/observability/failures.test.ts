import { SpanStatusCode } from '@opentelemetry/api';
import { MessageType } from 'graphql-ws';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { signIn } from '../harness/api.js';
import { createCookieClient, signInByCookies } from '../harness/cookie-client.js';
import { eventually } from '../harness/eventually.js';
import { aFrailRedis } from '../harness/frail-redis.js';
import { scrape } from '../harness/metrics.js';
import { openRawSocket } from '../harness/raw-socket.js';
import type { LogEntry } from '../harness/service-process.js';
import { startTestService } from '../harness/service.js';
import { startTracing } from '../harness/traces.js';

it('shows a failure of the store in metrics, traces and the log', async () => {
  const redis = await aFrailRedis();
  await redis.start();
  const traces = startTracing();
  const service = await startTestService('Redis', {
    REDIS_URL: redis.url,
    METRICS_PORT: '0',
    NEAR_CACHE_BOUND: '0',
  });
  const { accessToken } = await signIn(service.url);
  await redis.kill();
  traces.forget();

  const answer = await fetch(service.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ query: '{ sessions { totalCount } }' }),
  });

  expect(answer.status).toBe(503);
  const proxied = await fetch(service.url.replace('/graphql', '/auth'), {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  expect(proxied.status).toBe(503);
  const metrics = await scrape(service.metricsUrl);
  const by = { answered_by: 'store', outcome: 'unavailable' };
  expect(metrics.value('wallet_sessions_validations_total', by)).toBe(2);
  expect(metrics.value('wallet_sessions_store_errors_total', { call: 'sessions.find' })).toBe(2);
  const requests = { route: '/auth', outcome: 'failed' };
  expect(metrics.value('wallet_sessions_requests_total', requests)).toBe(1);
  expect(
    metrics.value('wallet_sessions_operation_duration_seconds_count', { outcome: 'failed' }),
  ).toBe(1);

  const failure = { code: SpanStatusCode.ERROR, message: 'SERVICE_UNAVAILABLE' };
  const [call] = traces.spans().filter(({ name }) => name === 'sessions.find');
  expect(call?.status).toEqual(failure);
  // Errors of libraries are not recorded, because their messages may quote their input.
  expect(call?.events).toEqual([]);
  expect(traces.span('unknown unknown').status).toEqual(failure);
  expect(traces.span('GET /auth')).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': '503' },
  });

  const entries = service.log.map((line) => JSON.parse(line) as LogEntry);
  expect(entries).toContainEqual(
    expect.objectContaining({
      msg: 'requests are refused because the store does not answer',
      requestId: answer.headers.get('x-request-id'),
    }),
  );
  expect(service.log.join('')).not.toContain(accessToken);

  // Redis is started again so that nothing retries after the test.
  await redis.start();
  await eventually(async () => {
    const ready = await fetch(service.url.replace('/graphql', '/readyz'));
    expect(ready.status).toBe(200);
  });
  await service.stop();
  await redis.remove();
  await traces.stop();
});

it('logs an outage of the store once, and not as an unexpected error, when WebSockets meet it', async () => {
  const redis = await aFrailRedis();
  await redis.start();
  const service = await startTestService('Redis', {
    REDIS_URL: redis.url,
    NEAR_CACHE_BOUND: '0',
    COOKIES: 'true',
  });
  const { accessToken } = await signIn(service.url);
  const payload = { authorization: `Bearer ${accessToken}` };
  const browser = createCookieClient(service.url);
  await signInByCookies(browser);
  const open = await openRawSocket(service.webSocketUrl);
  open.send({ type: MessageType.ConnectionInit, payload });
  expect(await open.next()).toEqual({ type: MessageType.ConnectionAck });
  await redis.kill();

  const late = await openRawSocket(service.webSocketUrl);
  late.send({ type: MessageType.ConnectionInit, payload });
  expect(await late.closed).toMatchObject({ reason: 'SERVICE_UNAVAILABLE' });
  open.send({ type: MessageType.Ping, payload });
  expect(await open.next()).toMatchObject({ payload: { accepted: false } });
  const headers = { cookie: browser.header(), origin: new URL(service.url).origin };
  const refused = new WebSocket(service.webSocketUrl, 'graphql-transport-ws', { headers });
  const [error] = (await once(refused, 'error').catch((cause: unknown) => [cause])) as [Error];
  expect(error.message).toContain('503');

  const messages = service.log.map((line) => (JSON.parse(line) as LogEntry).msg);
  expect(messages).not.toContain('unexpected error');
  const outage = 'requests are refused because the store does not answer';
  expect(messages.filter((message) => message === outage)).toHaveLength(1);

  open.socket.terminate();
  await redis.start();
  await eventually(async () => {
    const ready = await fetch(service.url.replace('/graphql', '/readyz'));
    expect(ready.status).toBe(200);
  });
  await service.stop();
  await redis.remove();
});
