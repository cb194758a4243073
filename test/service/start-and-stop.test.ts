import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { CurrentSessionDocument, LogoutDocument, SessionsDocument } from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import {
  runServiceProcess,
  startServiceProcess,
  type ServiceProcess,
} from '../harness/service-process.js';
import { openSocket } from '../harness/socket.js';
import { ownPrefix, redisUrl, temporaryDirectory } from '../harness/stores.js';

describe('the service as a process', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.remove());

  const start = (environment: Record<string, string> = {}) =>
    startServiceProcess({ DATA_DIRECTORY: directory.path, ...environment });
  const run = (environment: Record<string, string> = {}) =>
    runServiceProcess({ DATA_DIRECTORY: directory.path, ...environment });
  const messages = ({ log }: ServiceProcess) => log.map(({ msg }) => msg).join('\n');

  it('starts without configuration and logs its URL, its store and the limitations of the store', async () => {
    const service = await start();
    expect(messages(service)).toContain(`GraphQL API at ${service.url}`);
    expect(messages(service)).toContain('sessions are kept in the embedded store');
    expect(messages(service)).toContain('Use Redis (REDIS_URL) to run several instances');
    expect(messages(service)).toContain('using the development key');
    const { session, accessToken } = await signIn(service.url);
    expect(
      (await apiClient(service.url, accessToken).request(CurrentSessionDocument)).session?.id,
    ).toBe(session.id);
    await service.stop();
  });

  it('starts on Redis with REDIS_URL', async () => {
    const service = await start({ REDIS_URL: redisUrl(), REDIS_KEY_PREFIX: ownPrefix() });
    expect(messages(service)).toContain('sessions are kept in the Redis store');
    await signIn(service.url);
    await service.stop();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'closes sockets and exits with 0 on %s',
    async (signal) => {
      const service = await start();
      const socket = openSocket(service.webSocketUrl);
      await socket.opened;
      expect(await service.stop(signal)).toEqual({ code: 0, signal: null });
      expect((await socket.closed).code).toBe(1001);
      expect(service.log.at(-1)?.msg).toBe('stopped');
    },
  );

  it('keeps sessions and revocations through a restart on the embedded store', async () => {
    const before = await start({ SIGN_IN_ORIGINS: 'http://localhost' });
    const [staying, leaving] = [await signIn(before.url), await signIn(before.url)];
    await apiClient(before.url, leaving.accessToken).request(LogoutDocument, {});
    await before.stop();

    const after = await start({ SIGN_IN_ORIGINS: 'http://localhost' });
    const sessionOf = async (accessToken: string) =>
      (await apiClient(after.url, accessToken).request(CurrentSessionDocument)).session;
    expect((await sessionOf(staying.accessToken))?.id).toBe(staying.session.id);
    expect(await sessionOf(leaving.accessToken)).toBeNull();
    await after.stop();
  });

  it('keeps acknowledged sessions and revocations on the embedded store when it is killed', async () => {
    const before = await start();
    const { accessToken } = await signIn(before.url);
    const gone = await signIn(before.url);
    await apiClient(before.url, gone.accessToken).request(LogoutDocument, {});
    await before.stop('SIGKILL');

    const after = await start();
    const client = apiClient(after.url, accessToken);
    expect((await client.request(SessionsDocument, {})).sessions.totalCount).toBe(1);
    expect(
      (await apiClient(after.url, gone.accessToken).request(CurrentSessionDocument)).session,
    ).toBeNull();
    await after.stop();
  });

  it('reports that the port is in use and exits with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { exit, stdout } = await run({ PORT: String(port) });
    expect(exit.code).toBe(1);
    expect(stdout).toContain(`Port ${String(port)} of 127.0.0.1 is in use`);
    taken.close();
  });

  it('starts while Redis cannot be reached, logs that, and answers SERVICE_UNAVAILABLE', async () => {
    const service = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    expect(messages(service)).toContain(
      'Redis cannot be reached: every session is refused until it can',
    );
    const client = apiClient(service.url, `wsa_${'A'.repeat(83)}`);
    expect(await refusalOf(client, CurrentSessionDocument, {})).toBe('SERVICE_UNAVAILABLE');
    await service.stop();
  });

  it('refuses to start with an invalid configuration and names every invalid variable', async () => {
    const { exit, stdout, stderr } = await run({ PORT: '70000', SESSION_LIMIT: 'many' });
    expect(exit.code).toBe(78);
    expect(stdout).toBe('');
    expect(stderr).toContain('PORT must be from 0 to 65535.');
    expect(stderr).toContain('SESSION_LIMIT must be a whole number.');
  });
});
