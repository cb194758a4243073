import { unknownVariables } from '../../src/config/unknown-variables.js';
import { VARIABLES } from '../../src/config/variables.js';
import { runServiceProcess, startServiceProcess } from '../harness/service-process.js';
import { diagnose, SOUND } from '../harness/diagnose.js';
import { temporaryDirectory } from '../harness/stores.js';

describe('the check for unknown variables', () => {
  it.each([
    ['SESSION_TIMEOT', 'SESSION_TIMEOUT'],
    ['SESSION_KEY', 'SESSION_KEYS'],
    ['SESSIONS_PAEG', 'SESSIONS_PAGE'],
    ['REDIS_URI', 'REDIS_URL'],
    ['COOKIE', 'COOKIES'],
    ['RATELIMIT_SIGN_IN_PER_IP', 'RATE_LIMIT_SIGN_IN_PER_IP'],
  ])('reports the variable %s as a misspelling of %s', (name, meant) => {
    expect(unknownVariables({ [name]: 'x' })).toEqual([
      `${name} is not a variable of this service. Did you mean ${meant}?`,
    ]);
  });

  it.each(['SESSION_IDLE_TIMEOUT', 'RATE_LIMIT_LOGIN', 'SIGN_IN_NONCE_TTL'])(
    'reports the variable %s as unknown',
    (name) => {
      const meaning = `${name} is not a variable of this service.`;
      expect(unknownVariables({ [name]: 'x' })).toEqual([meaning]);
    },
  );

  it.each([
    'PATH',
    'HOSTNAME',
    'LOGNAME',
    'SESSION_MANAGER',
    'REDIS_PASSWORD',
    'REDIS_PORT_6379_TCP',
    'POSTGRES_URL',
  ])('ignores the variable %s, which belongs to other software', (name) => {
    expect(unknownVariables({ [name]: 'x' })).toEqual([]);
  });

  it('accepts known variables and ignores empty ones', () => {
    const known = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, 'x']));
    expect(unknownVariables({ ...known, SESSION_TIMEOT: '' })).toEqual([]);
  });

  it('warns of unknown variables in the doctor, even when the configuration is invalid', async () => {
    const directory = await temporaryDirectory();
    const environment = { ...SOUND, DATA_DIRECTORY: directory.path, SESSION_TIMEOT: 'secret' };
    const found = await diagnose(environment);
    expect(found).toMatchObject({ warnings: ['names'], problems: [] });
    expect(found.stdout).toContain('Did you mean SESSION_TIMEOUT?');
    expect(found.stdout).not.toContain('secret');
    const broken = await diagnose({ ...environment, SESSION_KEYS: '', SESSION_KEY: 'k:secret' });
    expect(broken.warnings).toEqual(['names', 'names']);
    expect(broken.problems).toEqual(['configuration']);
    await directory.remove();
  });

  it('logs a warning about an unknown variable when the service starts', async () => {
    const directory = await temporaryDirectory();
    const environment = { ...SOUND, DATA_DIRECTORY: directory.path, SESSION_TIMEOT: '1h' };
    const service = await startServiceProcess(environment);
    await service.stop();
    expect(service.log).toContainEqual(
      expect.objectContaining({
        level: 40,
        msg: 'SESSION_TIMEOT is not a variable of this service. Did you mean SESSION_TIMEOUT?',
      }),
    );
    await directory.remove();
  });

  it('prints unknown variables beside the errors of a service that cannot start', async () => {
    const { stderr } = await runServiceProcess({ ...SOUND, SESSION_KEYS: '', SESSION_KEY: 'k:x' });
    expect(stderr).toMatch(/SESSION_KEYS must be set in production/);
    expect(stderr).toContain(
      'SESSION_KEY is not a variable of this service. Did you mean SESSION_KEYS?',
    );
  });
});
