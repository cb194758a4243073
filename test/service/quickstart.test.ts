import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { startTestService, type TestService } from '../harness/service.js';
import { EVERY_STORE } from '../harness/stores.js';

const run = promisify(execFile);
const EXAMPLE = resolve(__dirname, '../../examples/quickstart/index.js');

describe.each(EVERY_STORE)('the quickstart on the %s store', (store) => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService(store);
  });
  afterAll(() => service.stop());

  it('runs the quickstart example, which signs in twice, lists sessions, listens and logs out everywhere', async () => {
    const { stdout, stderr } = await run(process.execPath, [EXAMPLE, service.url]);
    expect(stderr).toBe('');
    for (const line of [
      /^A new wallet: 0x[0-9a-fA-F]{40}$/m,
      /^Laptop: signed in, session [\w-]{20}/m,
      /^Phone: signed in, session [\w-]{20}/m,
      /'Phone'\s+│ false/,
      /'Laptop'\s+│ true/,
      /^Laptop: heard that another session ended: LOGOUT$/m,
      /^Phone: logged out of all 2 sessions$/m,
      /^Laptop: heard that my session ended: LOGOUT_ALL$/m,
      /^Laptop: the socket was closed: 4403 Session ended: LOGOUT_ALL$/m,
      /^Laptop: my session is now null$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
  });
});
