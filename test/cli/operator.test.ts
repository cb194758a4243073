import { CurrentSessionDocument, LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { runCommand, startCommand } from '../harness/command-line.js';
import { aFrailRedis } from '../harness/frail-redis.js';
import { eventually } from '../harness/eventually.js';
import {
  runServiceProcess,
  startServiceProcess,
  type ServiceProcess,
} from '../harness/service-process.js';
import { ownPrefix, redisUrl, temporaryDirectory } from '../harness/stores.js';
import { aWallet } from '../harness/wallet.js';

const [OLD, NEW] = [1, 2].map((byte) => `k${byte}:${Buffer.alloc(32, byte).toString('base64')}`);

interface SessionJson {
  readonly id: string;
  readonly device?: string;
}

describe('the command line beside a running service on Redis', () => {
  const environment = {
    REDIS_URL: redisUrl(),
    REDIS_KEY_PREFIX: ownPrefix(),
    SESSION_KEYS: OLD ?? '',
  };
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await startServiceProcess(environment);
  });
  afterAll(() => service.stop());

  const run = (...args: string[]) => runCommand(args, environment);
  const isAlive = async ({ accessToken }: { accessToken: string }) =>
    (await apiClient(service.url, accessToken).request(CurrentSessionDocument)).session !== null;

  it('lists the sessions of a wallet as text and as JSON', async () => {
    const wallet = aWallet();
    const grant = await signIn(service.url, wallet, { device: 'Work laptop' });
    const [text, json, none] = await Promise.all([
      run('sessions', 'list', wallet.account),
      run('sessions', 'list', wallet.account.toLowerCase(), '--json'),
      run('sessions', 'list', aWallet().account),
    ]);
    expect(text.stdout).toContain('Work laptop');
    expect(text.stdout).toContain(grant.session.id);
    const { sessions } = JSON.parse(json.stdout) as { sessions: SessionJson[] };
    expect(sessions).toMatchObject([{ id: grant.session.id, device: 'Work laptop' }]);
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(text.stdout + json.stdout).not.toContain('wsa_');
  });

  it('ends one session or all sessions of a wallet, with effect in the running service', async () => {
    const wallet = aWallet();
    const [one, two, three] = [
      await signIn(service.url, wallet),
      await signIn(service.url, wallet),
      await signIn(service.url, wallet),
    ];
    const revoke = (...args: string[]) => run('sessions', 'revoke', wallet.account, ...args);
    expect(await revoke('--session', one.session.id, '--json')).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify({ wallet: wallet.account, revoked: [one.session.id] })}\n`,
    });
    await eventually(async () => {
      expect(await isAlive(one)).toBe(false);
    });
    expect(await isAlive(two)).toBe(true);
    expect(await revoke('--session', one.session.id)).toMatchObject({
      code: 1,
      stderr: 'wallet-sessions: The wallet has no active session with that id.\n',
    });
    expect(await revoke('--all')).toMatchObject({ code: 0 });
    await eventually(async () => {
      expect([await isAlive(two), await isAlive(three)]).toEqual([false, false]);
    });
    expect(await revoke()).toMatchObject({ code: 2 });
    expect(await revoke('--all', '--session', 'x')).toMatchObject({ code: 2 });
  });

  it('records the actions of the command line in the audit log and prints them', async () => {
    const wallet = aWallet();
    const { session } = await signIn(service.url, wallet);
    await run('sessions', 'revoke', wallet.account, '--all');
    const tail = await run('audit', 'tail', '--json', '--lines', '1000');
    const events = tail.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'administration.performed',
        act: 'REVOKE_WALLET_SESSIONS',
        wallet: wallet.account,
        actor: 'the command line',
        userAgent: expect.stringContaining('command line') as string,
      }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'session.revoked', sessionId: session.id, reason: 'ADMIN' }),
    );
    // The owner sees that an administrator acted, but not from where.
    const owner = await run('audit', 'tail', '--wallet', wallet.account);
    expect(owner.stdout).toContain(`${session.id}  ADMIN`);
    expect(owner.stdout).not.toContain('command line');
  });

  it('writes audit events of the command line to standard error when the store keeps none', async () => {
    const { account } = aWallet();
    const { code, stderr } = await runCommand(['sessions', 'revoke', account, '--all'], {
      ...environment,
      AUDIT_LOG_SIZE: '0',
    });
    expect(code).toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({
      msg: 'administration.performed',
      audit: { act: 'REVOKE_WALLET_SESSIONS', wallet: account, actor: 'COMMAND_LINE' },
    });
  });

  it('follows the audit log until the command is interrupted', async () => {
    const wallet = aWallet();
    const { accessToken, session } = await signIn(service.url, wallet);
    const tail = startCommand(
      ['audit', 'tail', '--follow', '--wallet', wallet.account],
      environment,
    );
    const first = await tail.lines.next();
    expect(first.value).toContain('session.created');
    await apiClient(service.url, accessToken).request(LogoutDocument, {});
    const second = await tail.lines.next();
    expect(second.value).toContain(`session.revoked  ${wallet.account}  ${session.id}  LOGOUT`);
    tail.interrupt();
    expect((await tail.result).code).toBe(0);
  });

  it('reports records that its keys cannot decrypt instead of listing no sessions', async () => {
    const wallet = aWallet();
    await signIn(service.url, wallet);
    const list = (...args: string[]) =>
      runCommand(['sessions', 'list', wallet.account, ...args], {
        ...environment,
        SESSION_KEYS: NEW ?? '',
      });
    const [text, json] = [await list(), await list('--json')];
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toContain('1 record could not be opened');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ sessions: [], unreadable: 1 });
  });

  it('prints statistics as text and as JSON', async () => {
    await signIn(service.url);
    await eventually(async () => {
      const { stdout } = await run('stats', '--json', '--hours', '2');
      const { activeSessions, hours } = JSON.parse(stdout) as {
        activeSessions: number;
        hours: object[];
      };
      expect(activeSessions).toBeGreaterThan(0);
      expect(hours).toHaveLength(2);
    });
    expect((await run('stats')).stdout).toContain('active sessions');
  });

  it('rotates the keys while the service runs and keeps every session valid', async () => {
    const wallet = aWallet();
    const grant = await signIn(service.url, wallet);
    await service.stop();
    const rotating = { ...environment, SESSION_KEYS: [NEW, OLD].join(',') };
    service = await startServiceProcess(rotating);
    const rotated = await runCommand(['keys', 'rotate', '--json'], rotating);
    const report = JSON.parse(rotated.stdout) as {
      reencrypted: number;
      others: { keyId: string; records: number; tokens: number }[];
    };
    expect(rotated.code).toBe(0);
    expect(rotated.stderr).toMatch(/^\{"progress":\{"sessions":\d+,"reencrypted":\d+\}\}/);
    expect(report.reencrypted).toBeGreaterThan(0);
    expect(report.others).toMatchObject([{ keyId: 'k1', records: 0 }]);
    expect(report.others[0]?.tokens).toBe(report.reencrypted);
    expect(await isAlive(grant)).toBe(true);
    const again = await runCommand(['keys', 'rotate'], rotating);
    expect(again.stdout).toMatch(/k1: still needed: \d+ sessions? have tokens that it hashes/);
  });
});

describe('audit tail --follow during an outage of Redis', () => {
  it('resumes audit tail --follow after the last printed event when Redis is back', async () => {
    const redis = await aFrailRedis();
    const environment = { REDIS_URL: redis.url, SESSION_KEYS: OLD ?? '' };
    try {
      await redis.start();
      await runCommand(['stats'], environment);
      const tail = startCommand(['audit', 'tail', '--follow'], environment);
      expect((await tail.lines.next()).value).toContain('READ_STATISTICS');
      await redis.kill();
      await tail.complained('The store does not answer.');
      await redis.start();
      await runCommand(['sessions', 'list', aWallet().account], environment);
      const seen: (string | undefined)[] = [];
      do seen.push((await tail.lines.next()).value);
      while (seen.at(-1)?.includes('READ_SESSIONS') === false);
      expect(seen.at(-1)).toContain('READ_SESSIONS');
      expect(seen.filter((line) => line?.includes('READ_STATISTICS'))).toEqual([]);
      tail.interrupt();
      const { code, stderr } = await tail.result;
      expect(code).toBe(0);
      expect(stderr).toContain('The store answers again.');
    } finally {
      await redis.remove();
    }
  });
});

describe('the command line beside a service on the embedded store', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.remove());

  it('refuses to run on the embedded store while the service has it open', async () => {
    const environment = { DATA_DIRECTORY: directory.path };
    const wallet = aWallet();
    const service = await startServiceProcess(environment);
    const grant = await signIn(service.url, wallet);
    const list = () => runCommand(['sessions', 'list', wallet.account], environment);
    expect(await list()).toMatchObject({
      code: 69,
      stderr: expect.stringContaining(
        `is open in another process (${service.pid}). It serves one process at a time.`,
      ) as string,
    });
    await expect(startServiceProcess(environment)).rejects.toThrow('is open in another process');
    expect((await runServiceProcess(environment)).exit.code).toBe(69);
    expect((await runCommand(['serve'], { PORT: '0', ...environment })).code).toBe(69);
    await service.stop();
    expect((await list()).stdout).toContain(grant.session.id);
  });

  it('opens the embedded store after the service has stopped or was killed', async () => {
    const environment = { DATA_DIRECTORY: directory.path };
    const wallet = aWallet();
    const service = await startServiceProcess(environment);
    await signIn(service.url, wallet);
    await service.stop('SIGKILL');
    const { code } = await runCommand(['sessions', 'revoke', wallet.account, '--all'], environment);
    expect(code).toBe(0);
    const after = await runCommand(['sessions', 'list', wallet.account, '--json'], environment);
    expect(JSON.parse(after.stdout)).toMatchObject({ sessions: [] });
  });
});
