import {
  CreateSignInChallengeDocument,
  LogoutDocument,
  SessionRevokedDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { aCertificateAuthority, type TestAuthority } from '../harness/certificates.js';
import { freePort } from '../harness/free-port.js';
import { startRedisServer, type RedisServer } from '../harness/redis-server.js';
import { startTestService, type TestService } from '../harness/service.js';
import { openSocket } from '../harness/socket.js';
import { temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

describe('Redis over TLS (rediss://)', () => {
  const cleanUps: (() => unknown)[] = [];
  let own: TestAuthority;
  let another: TestAuthority;
  let issuedToAddress: string;
  let issuedToAnotherName: string;

  beforeAll(async () => {
    const directory = await temporaryDirectory();
    cleanUps.push(() => directory.remove());
    own = await aCertificateAuthority(directory.path, 'own');
    another = await aCertificateAuthority(directory.path, 'another');
    const servers = await Promise.all([
      startServer('IP:127.0.0.1'),
      startServer('DNS:another.test'),
    ]);
    [issuedToAddress, issuedToAnotherName] = servers.map(
      ({ port }) => `rediss://:PASSWORD@127.0.0.1:${port}`,
    ) as [string, string];
  });
  afterAll(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  /** Starts a server with a certificate of our own authority for this subject. */
  async function startServer(subject: string): Promise<RedisServer> {
    const { certificateFile, keyFile } = await own.issue(subject);
    const port = await freePort();
    const server = await startRedisServer({
      port,
      args: [
        ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
        ...['--tls-cert-file', certificateFile, '--tls-key-file', keyFile],
        ...['--tls-ca-cert-file', own.certificateFile, '--requirepass', 'PASSWORD'],
      ],
    });
    cleanUps.push(() => server.stop());
    return server;
  }

  /** Runs a function with a service, and stops the service. */
  async function withService(
    environment: Record<string, string>,
    run: (service: TestService) => Promise<void>,
  ): Promise<void> {
    const service = await startTestService('Redis', environment);
    try {
      await run(service);
    } finally {
      await service.stop();
    }
  }

  it('signs in and delivers revocations over Redis with TLS whose certificate REDIS_TLS_CA_FILE trusts', () =>
    withService(
      { REDIS_URL: issuedToAddress, REDIS_TLS_CA_FILE: own.certificateFile },
      async (service) => {
        const wallet = aWallet();
        const { accessToken } = await signIn(service.url, wallet);
        const socket = openSocket(service.webSocketUrl, accessToken);
        const events = socket.subscribe(SessionRevokedDocument, { after: '0-0' });
        const other = await signIn(service.url, wallet);
        await apiClient(service.url, other.accessToken).request(LogoutDocument, {});
        expect(await events.next()).toMatchObject({
          value: { sessionRevoked: { sessionId: other.session.id } },
        });
        await socket.close();
      },
    ));

  it.each<[string, () => Record<string, string>, RegExp]>([
    [
      'whose certificate is not signed by the trusted authority',
      () => ({ REDIS_URL: issuedToAddress, REDIS_TLS_CA_FILE: another.certificateFile }),
      /certificate/,
    ],
    [
      'whose certificate is signed by no public authority',
      () => ({ REDIS_URL: issuedToAddress }),
      /certificate/,
    ],
    [
      'whose certificate is issued to another name',
      () => ({ REDIS_URL: issuedToAnotherName, REDIS_TLS_CA_FILE: own.certificateFile }),
      /does not match certificate's altnames/,
    ],
  ])(
    'answers SERVICE_UNAVAILABLE and logs the cause with a Redis %s',
    (_whose, environment, reason) =>
      withService(environment(), async (service) => {
        expect(await refusalOf(apiClient(service.url), CreateSignInChallengeDocument, {})).toBe(
          'SERVICE_UNAVAILABLE',
        );
        expect(service.log.join('')).toMatch(reason);
        expect(service.log.join('')).not.toContain('PASSWORD');
      }),
  );
});
