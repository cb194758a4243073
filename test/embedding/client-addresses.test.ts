import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express5, { type Express } from 'express';
import express4 from 'express4';
import type { WalletSessions } from '../../src/core/wallet-sessions.js';
import { AuditEventsDocument, SessionsDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { embedWalletSessions } from '../harness/application.js';
import { eventually } from '../harness/eventually.js';
import { startTestService } from '../harness/service.js';

/** Listens on IPv6 and IPv4, as `http.listen(port)` does, and resolves to the answer over IPv4. */
async function askOverIPv4(listener: RequestListener, forwardedFor?: string): Promise<string> {
  const http = createServer(listener).listen(0, '::');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  const answer = await fetch(`http://127.0.0.1:${port}`, { headers });
  const text = await answer.text();
  http.closeAllConnections();
  http.close();
  await once(http, 'close');
  return text;
}

describe('the IPv4 address of a client on a dual-stack server', () => {
  let walletSessions: WalletSessions;
  const reported: string[] = [];
  beforeEach(async () => {
    reported.length = 0;
    walletSessions = await embedWalletSessions('embedded', {
      report: (error) => reported.push(String(error)),
    });
  });
  afterEach(() => walletSessions.close());

  it('returns the IPv4 address of a client of node:http on IPv6 as IPv4', async () => {
    const address = await askOverIPv4((request, response) => {
      response.end(walletSessions.sourceOf(request).ipAddress);
    });
    expect(address).toBe('127.0.0.1');
  });

  describe.each([
    ['4', express4],
    ['5', express5],
  ])('client addresses in Express %s', (_version, express: () => Express) => {
    const anApp = (trustProxy?: string) => {
      const app = express();
      if (trustProxy !== undefined) app.set('trust proxy', trustProxy);
      app.get('/', (request, response) => {
        response.send(walletSessions.sourceOf(request).ipAddress);
      });
      return app as RequestListener;
    };

    it('returns the IPv4 address of a client of Express on IPv6 as IPv4, without a warning', async () => {
      expect(await askOverIPv4(anApp())).toBe('127.0.0.1');
      expect(reported).toEqual([]);
    });

    it('reads the address of a client from X-Forwarded-For if Express trusts the proxy', async () => {
      expect(await askOverIPv4(anApp('loopback'), '::ffff:203.0.113.7')).toBe('203.0.113.7');
      expect(reported).toEqual([]);
    });

    it('warns about X-Forwarded-For if Express trusts no proxy', async () => {
      expect(await askOverIPv4(anApp(), '203.0.113.7')).toBe('127.0.0.1');
      expect(reported).toEqual([expect.stringContaining('no proxy is trusted')]);
    });
  });

  it('records IPv4 addresses of clients on IPv6 as IPv4 in sessions, audit events and logs of the service', async () => {
    const service = await startTestService('embedded', { HOST: '::', ALLOWED_HOSTS: '*' });
    const url = `http://127.0.0.1:${new URL(service.url).port}/graphql`;
    const client = apiClient(url, (await signIn(url)).accessToken);
    const { sessions } = await client.request(SessionsDocument, {});
    expect(sessions.edges.map(({ node }) => node.ipAddress)).toEqual(['127.0.0.1']);
    // Audit events are written in the background.
    await eventually(async () => {
      const { auditEvents } = await client.request(AuditEventsDocument, {});
      expect(new Set(auditEvents.edges.map(({ node }) => node.ipAddress))).toEqual(
        new Set(['127.0.0.1']),
      );
    });
    expect(service.log.join()).not.toContain('::ffff:');
    await service.stop();
  });

  it('warns once about X-Forwarded-For if the service trusts no proxy', async () => {
    const service = await startTestService('embedded');
    for (const forwarded of ['203.0.113.7', '203.0.113.8'])
      await fetch(service.url, { headers: { 'x-forwarded-for': forwarded } });
    const warnings = service.log.filter((line) => line.includes('no proxy is trusted'));
    expect(warnings.map((line) => (JSON.parse(line) as { level: unknown }).level)).toEqual([40]);
    await service.stop();
  });
});
