import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(__dirname, '../..');
const DIST = join(ROOT, 'dist');

/** Inside the repository, where the packages that are not bundled are resolved. */
const BUNDLES = join(ROOT, 'artifacts/program');

/** Packages that load native code or files of theirs. */
const NOT_BUNDLED = ['hash-wasm', 'lmdb', 'pino', 'secp256k1'];

/** CommonJS packages in an ECMAScript module use what only CommonJS provides. */
const COMMONJS = `
import { createRequire as createBundleRequire } from 'node:module';
const require = createBundleRequire(import.meta.url);
const __filename = require('node:url').fileURLToPath(import.meta.url);
const __dirname = require('node:path').dirname(__filename);
`;

/**
 * Bundles the build in `dist` with the packages that it uses, because a process that loads one file starts in a third
 * of the time. The tests of the packages start the program as it is published. Returns the directory of the bundle, or
 * undefined if there is no build. An existing bundle of the same build is used again.
 */
export async function bundleProgram(): Promise<string | undefined> {
  if (!existsSync(join(DIST, 'main.js'))) return undefined;
  const directory = join(BUNDLES, `of-${Math.trunc(await lastBuildOf(DIST))}`);
  if (existsSync(directory)) return directory;
  await mkdir(BUNDLES, { recursive: true });
  const earlier = await readdir(BUNDLES);
  const unfinished = await mkdtemp(join(BUNDLES, 'unfinished-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: { cli: 'dist/cli/index.js', main: 'dist/main.js' },
    outdir: join(unfinished, 'dist/program'),
    bundle: true,
    splitting: true,
    external: NOT_BUNDLED,
    // Node.js reads and compiles less. The names, which appear in logs, stay.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: COMMONJS },
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  });
  // The program reads its version and its pages from here.
  await copyFile(join(ROOT, 'package.json'), join(unfinished, 'package.json'));
  await symlink(join(DIST, 'pages'), join(unfinished, 'dist/pages'));
  // Another run may have made the same bundle.
  await rename(unfinished, directory).catch(() => rm(unfinished, { recursive: true }));
  for (const name of earlier) await rm(join(BUNDLES, name), { recursive: true, force: true });
  return directory;
}

/** The time at which a file of the build was written last. */
async function lastBuildOf(dist: string): Promise<number> {
  const names = await readdir(dist, { recursive: true });
  const files = names.filter((name) => name.endsWith('.js') && !name.startsWith('pages'));
  const times = files.map(async (name) => (await stat(join(dist, name))).mtimeMs);
  return Math.max(...(await Promise.all(times)));
}

/** A program of the bundle that the global setup made. */
export function programOf(name: 'main' | 'cli'): string {
  const bundle = process.env['TEST_PROGRAM'];
  if (bundle === undefined) throw new Error('There is no build. Run: npm run build');
  return join(bundle, 'dist/program', `${name}.js`);
}
