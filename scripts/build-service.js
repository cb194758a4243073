// Bundles the service and its command line, from their build in dist, into the package wallet-sessions-service, with the
// packages that they use: a process that loads few files starts in half the time.
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const PACKAGE = 'service/dist';

/** What the service installs: native code, files of their own, and the API that an SDK of the operator must share. */
const { dependencies, peerDependencies } = JSON.parse(
  await readFile('service/package.json', 'utf8'),
);
// type-graphql would validate arguments with class-validator only if it was told to.
const external = [...Object.keys({ ...dependencies, ...peerDependencies }), 'class-validator'];

/** CommonJS packages in an ECMAScript module use what only CommonJS provides. */
const COMMONJS = `
import { createRequire as createBundleRequire } from 'node:module';
const require = createBundleRequire(import.meta.url);
const __filename = require('node:url').fileURLToPath(import.meta.url);
const __dirname = require('node:path').dirname(__filename);
`;

await rm(PACKAGE, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { cli: 'dist/cli/index.js', main: 'dist/main.js' },
  outdir: `${PACKAGE}/program`,
  bundle: true,
  splitting: true,
  external,
  banner: { js: COMMONJS },
  metafile: true,
  legalComments: 'none',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
});
await cp('dist/pages', `${PACKAGE}/pages`, { recursive: true });
await writeFile(
  `${PACKAGE}/THIRD-PARTY-LICENSES.txt`,
  await licensesOf(Object.keys(metafile.inputs)),
);

/**
 * The names, versions and licenses of the packages that are in the bundle, which their licenses require.
 * @throws Error if a package has no license
 */
async function licensesOf(files) {
  const folders = new Set(
    files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
  );
  const texts = [...folders].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    );
    const file = (await readdir(folder)).find((each) => /^(?:licen[cs]e|copying)/i.test(each));
    if (file === undefined && license === undefined) throw new Error(`${name} has no license.`);
    const text =
      file === undefined ? '' : `\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
    return `${name} ${version} (${license})\n${text}`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}
