// Bundles what a browser loads, without polyfills, and fails where it is larger than promised in
// docs/client.md. Needs a build.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** In bytes, minified and gzipped, with everything that comes with the entry but React itself. */
const LIMITS = [
  { entry: 'client/dist/index.js', limit: 6000 },
  { entry: 'client/dist/react.js', limit: 6500 },
  { entry: 'client/dist/dpop/index.js', limit: 2500 },
];

for (const { entry, limit } of LIMITS) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    external: ['react'],
    write: false,
  });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  console.log(`${entry}: ${size} bytes gzipped, of ${limit}`);
  if (size > limit) process.exitCode = 1;
}
