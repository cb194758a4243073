// Bundles the service and its command line, from their build in dist, into the package wallet-sessions-service. What is
// of this repository goes into it; packages of others stay its dependencies.
import { cp, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const PACKAGE = 'service/dist';

await rm(PACKAGE, { recursive: true, force: true });
await build({
  entryPoints: { cli: 'dist/cli/index.js', main: 'dist/main.js' },
  outdir: `${PACKAGE}/program`,
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
});
await cp('dist/pages', `${PACKAGE}/pages`, { recursive: true });
