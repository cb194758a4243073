import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { readDocumentation } from '../harness/documentation.js';
import { DOCUMENTED_WALLET as WALLET } from '../harness/documented-wallet.js';
import { startTestService, type TestService } from '../harness/service.js';
import { ensureCurl } from '../harness/system-package.js';

const run = promisify(execFile);

interface Answer {
  readonly data: Record<string, Record<string, unknown>>;
  readonly errors?: unknown;
}

describe('the sign-in with curl in the README', () => {
  const commands = readDocumentation()
    .snippets.filter(({ id }) => id.startsWith('README.md#with-curl'))
    .map(({ text }) => text);
  let service: TestService;
  let curl: string;
  beforeAll(async () => {
    [service, curl] = await Promise.all([startTestService('embedded'), ensureCurl()]);
  });
  afterAll(() => service.stop());

  /** Runs the documented command with the URL of the test service. */
  async function answerTo(command = '', token = '') {
    const script = command.replaceAll('http://localhost:4000/graphql', service.url);
    const PATH = `${dirname(curl)}:${process.env['PATH']}`;
    const { stdout } = await run('sh', ['-c', script], { env: { PATH, ACCESS_TOKEN: token } });
    const { data, errors } = JSON.parse(stdout) as Answer;
    expect(errors).toBeUndefined();
    return data;
  }

  it('signs in with the curl commands of the README and lists the sessions', async () => {
    expect(commands).toHaveLength(2);
    expect(commands[0]).toContain(WALLET.address);
    const { signIn } = await answerTo(commands[0]);
    const { sessions } = await answerTo(commands[1], String(signIn?.['accessToken']));
    expect(sessions?.['totalCount']).toBe(1);
  });
});
