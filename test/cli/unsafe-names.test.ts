import { Redis } from 'ioredis';
import { partitionOf } from '../../src/accounts/wallet.js';
import { runCommand } from '../harness/command-line.js';
import { startTestService, TEST_KEY, type TestService } from '../harness/service.js';
import { ownPrefix, redisUrl } from '../harness/stores.js';
import { storeUnsafeSession, UNSAFE_NAME } from '../harness/unsafe-names.js';
import { aWallet } from '../harness/wallet.js';

const HOUR = 60 * 60_000;

/** A line of ASCII, and what else the command line writes itself. */
const HARMLESS = /^[ -~\n\ufffd…→]*$/;

describe('unsafe names on the command line', () => {
  const wallet = aWallet();
  const environment = {
    REDIS_URL: redisUrl(),
    REDIS_KEY_PREFIX: ownPrefix(),
    SESSION_KEYS: TEST_KEY,
  };
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService('Redis', environment);
    await storeUnsafeSession(service, wallet);
    await service.services.auditLog.flush();
  });
  afterAll(() => service.stop());

  const run = (...args: string[]) => runCommand(args, environment);

  it('shows U+FFFD in place of the unsafe characters of names in tables', async () => {
    for (const args of [
      ['sessions', 'list', wallet.account],
      ['audit', 'tail', '--wallet', wallet.account],
    ]) {
      const { stdout, stderr } = await run(...args);
      expect(stdout).toContain('Pho\u{fffd}2J\u{fffd}[31mne\u{fffd}\u{fffd}gpj');
      expect(stdout + stderr).toMatch(HARMLESS);
    }
  });

  it('escapes the unsafe characters of names in JSON without changing the parsed text', async () => {
    const list = await run('sessions', 'list', wallet.account, '--json');
    expect(list.stdout).toMatch(HARMLESS);
    const names = { device: UNSAFE_NAME, walletType: UNSAFE_NAME, userAgent: UNSAFE_NAME };
    expect(JSON.parse(list.stdout)).toMatchObject({ sessions: [names] });

    const tail = await run('audit', 'tail', '--wallet', wallet.account, '--json');
    expect(tail.stdout).toMatch(HARMLESS);
    const events = tail.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual(expect.objectContaining({ userAgent: UNSAFE_NAME }));
  });

  it('shows U+FFFD in place of unsafe characters in planted keys and in errors that quote arguments', async () => {
    const redis = new Redis(redisUrl());
    const planted = `\u001b]0;owned\u0007\u202e`;
    const other = aWallet().account;
    const { REDIS_KEY_PREFIX: prefix } = environment;
    const index = `${prefix}:{${partitionOf(other)}}:sessions`;
    await redis.zadd(index, Date.now() + 60_000, planted);
    const hour = Math.floor(Date.now() / HOUR) * HOUR;
    await redis.hincrby(`${prefix}:{statistics}:${hour}`, `refusals:${planted}`, 7);
    redis.disconnect();
    for (const args of [
      ['sessions', 'list', other],
      ['sessions', 'revoke', other, '--all'],
      ['stats'],
      ['sessions', 'list', planted],
      [planted],
      ['stats', planted],
      ['stats', `--${planted}`],
    ]) {
      const { stdout, stderr } = await run(...args);
      expect(stdout + stderr).toMatch(HARMLESS);
    }
    expect((await run('stats')).stdout).toMatch(/refused: \ufffd\]0;owned\ufffd\ufffd +7/);
  });

  it('escapes the unsafe characters of names in the log', () => {
    const lines = service.log.filter((line) => line.includes('session.created'));
    expect(lines).toHaveLength(1);
    for (const line of lines) expect(line).toMatch(HARMLESS);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      audit: { source: { userAgent: UNSAFE_NAME } },
    });
  });
});
