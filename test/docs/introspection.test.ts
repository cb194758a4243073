import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { signIn } from '../harness/api.js';
import { readDocumentation } from '../harness/documentation.js';
import { startTestService, type TestService } from '../harness/service.js';
import { ensurePython } from '../harness/system-package.js';
import { aWallet } from '../harness/wallet.js';

const run = promisify(execFile);
const SECRET = 'a'.repeat(64);

describe('the documented client of token introspection', () => {
  const { snippets } = readDocumentation();
  const program = snippets.find(({ id }) => id === 'docs/rest.md#introspection-3')?.text ?? '';
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
    const env = { ...process.env, SECRET, INTROSPECTION_URL };
    const { stdout } = await run(await ensurePython(), ['-c', source, accessToken], { env });
    expect(JSON.parse(stdout)).toMatchObject({ active: true, sub: wallet.account });
  });
});
