import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LogoutDocument } from '../generated/graphql.js';
import { apiClient, signIn } from '../harness/api.js';
import { readDocumentation } from '../harness/documentation.js';
import { startExample } from '../harness/example-process.js';
import { startTestService, type TestService } from '../harness/service.js';
import { ensurePython } from '../harness/system-package.js';
import { aWallet } from '../harness/wallet.js';

const run = promisify(execFile);
const SECRET = 'a'.repeat(64);

const FOLDER = 'examples/python';

describe('the documented client of token introspection', () => {
  const { snippets } = readDocumentation();
  const program = snippets.find(({ id }) => id === 'docs/rest.md#introspection-4')?.text ?? '';
  let service: TestService;
  beforeAll(async () => {
    const hash = createHash('sha256').update(SECRET).digest('hex');
    service = await startTestService('embedded', { TOKEN_INTROSPECTION_CLIENTS: `api:${hash}` });
  });
  afterAll(() => service.stop());

  it('asks about a token in Python, and reads the account', async () => {
    const wallet = aWallet();
    const { accessToken } = await signIn(service.url, wallet);
    const source = `${program}\nimport sys\nprint(json.dumps(introspect(sys.argv[1])))`;
    const INTROSPECTION_URL = service.url.replace('/graphql', '/introspect');
    const env = { ...process.env, CLIENT_SECRET: SECRET, INTROSPECTION_URL };
    const { stdout } = await run(await ensurePython(), ['-c', source, accessToken], { env });
    expect(JSON.parse(stdout)).toMatchObject({ active: true, sub: wallet.account });
  });

  it('serves an API in Python that follows a logout at once, and says so if the service does not answer', async () => {
    const own = await startTestService('embedded', {
      TOKEN_INTROSPECTION_CLIENTS: `api:${createHash('sha256').update(SECRET).digest('hex')}`,
    });
    const api = await startExample('python/introspection.py', {
      INTROSPECTION_URL: own.url.replace('/graphql', '/introspect'),
      CLIENT_ID: 'api',
      CLIENT_SECRET: SECRET,
    });
    const wallet = aWallet();
    const { accessToken } = await signIn(own.url, wallet);
    const ask = async () => {
      const headers = { authorization: `Bearer ${accessToken}` };
      const answer = await fetch(api.url, { headers });
      return [answer.status, (await answer.json()) as unknown];
    };
    expect(await ask()).toEqual([200, { wallet: wallet.account }]);
    await apiClient(own.url, accessToken).request(LogoutDocument, {});
    expect(await ask()).toEqual([401, { error: 'The session has ended.' }]);
    const nobody = await fetch(api.url);
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    await own.stop();
    expect(await ask()).toEqual([503, { error: 'Try again later.' }]);
    await api.stop();
  });

  it('compiles every example in Python', async () => {
    const programs = readdirSync(FOLDER).filter((name) => name.endsWith('.py'));
    expect(programs.length).toBeGreaterThan(1);
    const compile =
      'import sys\nfor path in sys.argv[1:]: compile(open(path).read(), path, "exec")';
    const paths = programs.map((name) => join(FOLDER, name));
    await run(await ensurePython(), ['-c', compile, ...paths]);
  });
});
