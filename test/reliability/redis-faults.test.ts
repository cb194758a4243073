import {
  CreateSignInChallengeDocument,
  CurrentSessionDocument,
  LogoutDocument,
  LogoutAllDocument,
  RefreshDocument,
  SessionRevokedDocument,
  SessionsDocument,
  SignInDocument,
} from '../generated/graphql.js';
import { apiClient, refusalOf, signIn } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { aFrailRedis, type FrailRedis } from '../harness/frail-redis.js';
import { startTestService, type TestService } from '../harness/service.js';
import { startSlowProxy, type SlowProxy } from '../harness/slow-proxy.js';
import { openSocket, type TestSocket } from '../harness/socket.js';
import { aWallet, type TestWallet } from '../harness/wallet.js';

type Grant = Awaited<ReturnType<typeof signIn>>;

let redis: FrailRedis;
let proxy: SlowProxy;
let service: TestService;

beforeEach(async () => {
  redis = await aFrailRedis();
  await redis.start();
  proxy = await startSlowProxy(redis.port);
  service = await startTestService('Redis', {
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    REDIS_COMMAND_TIMEOUT: '1s',
    NEAR_CACHE_BOUND: '100ms',
  });
});
afterEach(async () => {
  proxy.delay = 0;
  await redis.thaw();
  await service.stop();
  await proxy.close();
  await redis.remove();
});

const as = (accessToken?: string) => apiClient(service.url, accessToken);

/** Signs in before a fault. On a busy machine, a sound Redis may also exceed the command timeout of these tests. */
const signInBefore = (wallet?: TestWallet) => eventually(() => signIn(service.url, wallet));

/** The session ids of the events up to and including `last`. */
async function eventsUntil(socket: Listening, last: string): Promise<string[]> {
  const ids: string[] = [];
  while (ids.at(-1) !== last) {
    const next = await socket.events.next();
    if (next.done === true) throw new Error('The subscription ended.');
    ids.push(next.value.sessionRevoked.sessionId);
  }
  return ids;
}

interface Listening extends TestSocket {
  readonly events: ReturnType<typeof subscribe>;
}

const subscribe = (socket: TestSocket) =>
  socket.subscribe(SessionRevokedDocument, { after: '0-0' });

/** A socket whose subscription is active: it has received the end of a session that was ended for this purpose. */
async function listen(
  wallet: TestWallet,
  { accessToken }: Grant,
  at: TestService = service,
): Promise<Listening> {
  const socket = openSocket(at.webSocketUrl, accessToken);
  const listening = { ...socket, events: subscribe(socket) };
  const other = await signIn(at.url, wallet);
  await apiClient(at.url, other.accessToken).request(LogoutDocument, {});
  await eventsUntil(listening, other.session.id);
  return listening;
}

/** Signs in and out again as soon as the service allows it. */
function endAnother(wallet: TestWallet): Promise<string> {
  return eventually(async () => {
    const { session, accessToken } = await signIn(service.url, wallet);
    await as(accessToken).request(LogoutDocument, {});
    return session.id;
  });
}

interface Fault {
  readonly name: string;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

const FAULTS: readonly Fault[] = [
  { name: 'was killed', begin: () => redis.kill(), end: () => redis.start() },
  {
    name: 'is frozen (SIGSTOP)',
    begin: () => redis.freeze(),
    end: () => redis.thaw(),
  },
  {
    name: 'pauses its clients (CLIENT PAUSE)',
    begin: () => redis.administer((client) => client.client('PAUSE', 6000)),
    // The pause ends by itself. Until then no client that could end it is answered.
    end: () => Promise.resolve(),
  },
  {
    name: 'is slower than REDIS_COMMAND_TIMEOUT',
    begin: () => Promise.resolve((proxy.delay = 3000)),
    end: () => Promise.resolve((proxy.delay = 0)),
  },
  {
    name: 'is unreachable (a network that drops every packet)',
    begin: () => Promise.resolve((proxy.delay = Infinity)),
    end: () => Promise.resolve((proxy.delay = 0)),
  },
];

describe.each(FAULTS)('a service whose Redis $name', ({ begin, end }) => {
  it('answers SERVICE_UNAVAILABLE while Redis does not answer, keeps sockets open, and recovers by itself', async () => {
    const wallet = aWallet();
    const here = await signInBefore(wallet);
    const there = await signInBefore(wallet);
    const socket = await listen(wallet, here);

    await begin();
    // A session read within the last NEAR_CACHE_BOUND is still valid.
    const refused = await eventually(() =>
      refusalOf(as(here.accessToken), CurrentSessionDocument, {}),
    );
    const refusals = await Promise.all([
      Promise.resolve(refused),
      refusalOf(as(), CreateSignInChallengeDocument, {}),
      refusalOf(as(here.accessToken), SessionsDocument, {}),
      refusalOf(as(here.accessToken), LogoutAllDocument, {}),
      refusalOf(as(), RefreshDocument, { refreshToken: there.refreshToken }),
    ]);
    expect(refusals).toEqual(Array(5).fill('SERVICE_UNAVAILABLE'));
    await expect(socket.request(CurrentSessionDocument, {})).rejects.toMatchObject([
      { extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ]);
    const latecomer = openSocket(service.webSocketUrl, here.accessToken);
    expect(await latecomer.closed).toEqual({ code: 1013, reason: 'SERVICE_UNAVAILABLE' });
    expect((await as().request(CurrentSessionDocument)).session).toBeNull();
    await end();

    const { session } = await eventually(() =>
      as(here.accessToken).request(CurrentSessionDocument),
    );
    expect(session?.id).toBe(here.session.id);
    // The socket that stayed open receives later revocations.
    const ended = await endAnother(wallet);
    expect(await eventsUntil(socket, ended)).toEqual([ended]);
    await socket.close();
  });

  it('accepts the retry of a refresh whose answer from Redis was lost', async () => {
    const { session, refreshToken } = await signInBefore();
    await begin();
    expect(await refusalOf(as(), RefreshDocument, { refreshToken })).toBe('SERVICE_UNAVAILABLE');
    await end();

    const { refresh } = await eventually(() => as().request(RefreshDocument, { refreshToken }));
    expect(refresh.session.id).toBe(session.id);
    const again = await as(refresh.accessToken ?? '').request(CurrentSessionDocument);
    expect(again.session?.id).toBe(session.id);
  });
});

describe('a subscription of a service whose Redis connection breaks', () => {
  it('delivers every revocation once to a subscription, including those made while Redis was disconnected', async () => {
    const wallet = aWallet();
    const socket = await listen(wallet, await signInBefore(wallet));
    const ended: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      await redis.administer((client) => client.call('CLIENT', 'KILL', 'TYPE', 'pubsub'));
      ended.push(await endAnother(wallet));
    }
    expect(await eventsUntil(socket, ended.at(-1) ?? '')).toEqual(ended);
    await socket.close();
  });
});

describe('a session revoked while the answers of Redis are lost', () => {
  it('refuses a session that was revoked while the answers of Redis were lost, as soon as Redis answers again', async () => {
    const wallet = aWallet();
    const { session: ended, accessToken, refreshToken } = await signInBefore(wallet);
    proxy.delay = Infinity;
    const refused = service.services.sessions.revoke({
      wallet: wallet.account,
      sessionId: ended.id,
      reason: 'LOGOUT',
      source: {},
    });
    await expect(refused).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    // The command has reached Redis: only the answer was lost.
    const records = await redis.administer((client) => client.keys('*:session:*'));
    expect(records).toEqual([]);
    proxy.delay = 0;
    const { session } = await eventually(() => as(accessToken).request(CurrentSessionDocument));
    expect(session).toBeNull();
    expect(await refusalOf(as(), RefreshDocument, { refreshToken })).toBe('REFRESH_TOKEN_INVALID');
  });
});

describe('a service whose Redis is full (maxmemory, noeviction)', () => {
  const limitMemory = (bytes: number) =>
    redis.administer((client) => client.config('SET', 'maxmemory', String(bytes)));

  it('refuses new sessions while Redis is full, keeps the existing ones, and lets them be revoked completely', async () => {
    const wallet = aWallet();
    const here = await signInBefore(wallet);
    const there = await signInBefore(wallet);
    const socket = await listen(wallet, here);

    await limitMemory(1);
    expect(await refusalOf(as(), CreateSignInChallengeDocument, {})).toBe('SERVICE_UNAVAILABLE');
    const { refreshToken } = there;
    expect(await refusalOf(as(), RefreshDocument, { refreshToken })).toBe('SERVICE_UNAVAILABLE');
    expect((await as(here.accessToken).request(SessionsDocument, {})).sessions.totalCount).toBe(2);

    const { logout } = await as(here.accessToken).request(LogoutDocument, {
      sessionId: there.session.id,
    });
    expect(await eventsUntil(socket, there.session.id)).toEqual([logout.sessionId]);
    expect((await as(there.accessToken).request(CurrentSessionDocument)).session).toBeNull();
    expect((await as(here.accessToken).request(SessionsDocument, {})).sessions.totalCount).toBe(1);

    await limitMemory(0);
    const again = await as().request(RefreshDocument, { refreshToken: here.refreshToken });
    expect(again.refresh.session.id).toBe(here.session.id);
    await socket.close();
  });

  it('replaces the oldest session by a new one in one step or not at all when Redis is full', async () => {
    const wallet = aWallet();
    const grants = [];
    for (let count = 0; count < 10; count += 1) grants.push(await signInBefore(wallet));
    const { createSignInChallenge: challenge } = await as().request(CreateSignInChallengeDocument, {
      account: wallet.account,
    });
    await limitMemory(1);
    const message = challenge.message ?? '';
    await as()
      .request(SignInDocument, { message, signature: await wallet.sign(message) })
      .catch(() => undefined);
    await limitMemory(0);

    // In either case the index lists exactly the existing records.
    const [records, indexed] = await redis.administer(async (client) => {
      const [index = ''] = await client.keys('*}:sessions');
      const names = await client.keys('*:session:*');
      const ids = names.map((name) => name.slice(name.lastIndexOf(':') + 1));
      return [ids, await client.zrange(index, '0', '-1')] as const;
    });
    expect([...records].sort()).toEqual([...indexed].sort());
    expect(records).toHaveLength(10);
  });
});

describe('a service whose Redis answers with an error', () => {
  it('loads its scripts again after Redis has lost them', async () => {
    const { accessToken, refreshToken } = await signInBefore();
    await redis.administer((client) => client.script('FLUSH'));
    expect((await as(accessToken).request(SessionsDocument, {})).sessions.totalCount).toBe(1);
    await redis.administer((client) => client.script('FLUSH'));
    await as().request(RefreshDocument, { refreshToken });
  });

  it('refuses writes while Redis is a replica and accepts them when it is a master again', async () => {
    const { session, accessToken } = await signInBefore();
    await redis.administer((client) => client.replicaof('127.0.0.1', '1'));
    expect(await refusalOf(as(), CreateSignInChallengeDocument, {})).toBe('SERVICE_UNAVAILABLE');
    await redis.administer((client) => client.replicaof('NO', 'ONE'));
    const { logout } = await eventually(() => as(accessToken).request(LogoutDocument, {}));
    expect(logout.sessionId).toBe(session.id);
  });

  it('answers SERVICE_UNAVAILABLE while Redis loads its data, and recovers afterwards', async () => {
    const wallet = aWallet();
    const { session, accessToken } = await signInBefore(wallet);
    await redis.administer((client) => client.bgrewriteaof());
    await redis.kill();
    // Each key takes a tenth of a second to load.
    const slowly = [
      '--key-load-delay',
      '100000',
      '--loading-process-events-interval-bytes',
      '1024',
    ];
    await redis.start({ args: slowly, until: 'Server initialized' });
    expect(await refusalOf(as(accessToken), CurrentSessionDocument, {})).toBe(
      'SERVICE_UNAVAILABLE',
    );
    const seen = await eventually(() => as(accessToken).request(CurrentSessionDocument));
    expect(seen.session?.id).toBe(session.id);
  });
});

describe('a service that is started while Redis is down', () => {
  it('starts while Redis is down, answers SERVICE_UNAVAILABLE, logs the cause, and serves as soon as Redis is up', async () => {
    await redis.kill();
    const early = await startTestService('Redis', { REDIS_URL: redis.url });
    const client = apiClient(early.url);
    expect(await refusalOf(client, CreateSignInChallengeDocument, {})).toBe('SERVICE_UNAVAILABLE');
    expect(early.log.join('')).toContain('ECONNREFUSED');
    expect(early.log.join('')).toContain('Redis cannot be reached');

    await redis.start();
    const wallet = aWallet();
    const here = await eventually(() => signIn(early.url, wallet));
    const socket = await listen(wallet, here, early);
    await socket.close();
    await early.stop();
  });
});
