import { runCommand } from '../harness/command-line.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('the command line', () => {
  it('prints help with an example for itself and for each command', async () => {
    const help = await runCommand(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['serve', 'keys', 'sessions', 'audit', 'stats', 'Exit codes']) {
      expect(help.stdout).toContain(name);
    }
    const all = [
      ['serve'],
      ['keys', 'generate'],
      ['keys', 'rotate'],
      ['sessions', 'list'],
      ['sessions', 'revoke'],
      ['audit', 'tail'],
      ['stats'],
      ['doctor'],
    ];
    await Promise.all(
      all.map(async (command) => {
        const { code, stdout } = await runCommand([...command, '--help']);
        expect(code).toBe(0);
        expect(stdout).toContain(`wallet-sessions ${command.join(' ')}`);
        expect(stdout).toContain('Example:');
      }),
    );
  });

  it.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['stats', '--hours', 'many'], 'It must be a whole number from 1 to 720.'],
    [['sessions', 'list', '0x12'], 'It must be a CAIP-10 account id'],
    [['sessions', 'list'], "missing required argument 'wallet'"],
    [['keys', 'generate', '--id', 'a b'], 'It must be 1 to 16 letters'],
  ])('exits with 2 for the invalid arguments %j', async (args, explanation) => {
    const { code, stdout, stderr } = await runCommand(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(explanation);
  });

  it('exits with 78 for an invalid configuration and names every invalid variable', async () => {
    const environment = { SESSION_TIMEOUT: 'x', PORT: 'y' };
    for (const command of [['stats'], ['serve'], ['keys', 'rotate']]) {
      const { code, stderr } = await runCommand(command, environment);
      expect(code).toBe(78);
      expect(stderr).toContain('SESSION_TIMEOUT must be a duration');
      expect(stderr).toContain('PORT must be a whole number');
      expect(stderr).not.toContain('    at ');
    }
  });

  it('exits with 69 when Redis does not answer and prints the cause in one line', async () => {
    const { code, stderr } = await runCommand(['stats'], {
      REDIS_URL: 'redis://127.0.0.1:1',
      SESSION_KEYS: `k:${Buffer.alloc(32, 1).toString('base64')}`,
    });
    expect(code).toBe(69);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  it('requires SESSION_KEYS on the command line instead of generating a key', async () => {
    const directory = await temporaryDirectory();
    const { code, stderr } = await runCommand(['stats'], { DATA_DIRECTORY: directory.path });
    expect(code).toBe(78);
    expect(stderr).toContain('SESSION_KEYS is not set');
    await directory.remove();
  });
});

describe('keys generate', () => {
  it('prints a new session key in the format of SESSION_KEYS each time', async () => {
    const [one, two] = await Promise.all([
      runCommand(['keys', 'generate', '--id', 'one']),
      runCommand(['keys', 'generate', '--json']),
    ]);
    const first = one.stdout.trim();
    const second = JSON.parse(two.stdout) as { id: string; key: string };
    expect(first).toMatch(/^one:[A-Za-z0-9+/]{43}=$/);
    expect(second.key).toMatch(new RegExp(`^${second.id}:[A-Za-z0-9+/]{43}=$`));
    const directory = await temporaryDirectory();
    const { code } = await runCommand(['stats'], {
      SESSION_KEYS: `${second.key},${first}`,
      DATA_DIRECTORY: directory.path,
    });
    expect(code).toBe(0);
    await directory.remove();
  });
});
