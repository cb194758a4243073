import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { redisUrl } from '../harness/stores.js';

const run = promisify(execFile);
const MODULE = pathToFileURL(resolve(__dirname, '../../dist/stores/redis/index.js')).href;

it('leaves String.prototype with fast properties when a Redis store is open', async () => {
  const program = `
    import { openRedisStore } from '${MODULE}';
    const store = await openRedisStore({ url: '${redisUrl()}' });
    console.log(%HasFastProperties(String.prototype));
    await store.close();`;
  const args = ['--allow-natives-syntax', '--input-type=module', '--eval', program];
  const { stdout } = await run(process.execPath, args);
  expect(stdout).toBe('true\n');
});
