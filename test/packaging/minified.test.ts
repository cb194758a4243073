import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { printSchema } from 'graphql';
import { buildWalletSessionsSchema } from '../../src/graphql/schema.js';

const ROOT = resolve(__dirname, '../..');

/** The output of a minified bundle of the built package. A minifier renames classes. */
async function schemaInBundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  const [bundle] = outputFiles;
  const running = promisify(execFile)(process.execPath, ['--input-type=module'], { cwd: ROOT });
  running.child.stdin?.end(bundle?.text);
  return (await running).stdout;
}

describe('a minified bundle of an application', () => {
  it('builds the same GraphQL types in a minified bundle, whatever the minifier calls their classes', async () => {
    const program = `
      import { printSchema } from 'graphql';
      import { buildWalletSessionsSchema } from './dist/graphql/index.js';
      process.stdout.write(printSchema(buildWalletSessionsSchema()));
    `;
    expect(await schemaInBundle(program)).toBe(printSchema(buildWalletSessionsSchema()));
  });
});
