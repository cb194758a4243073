// Adds up the JavaScript that each page loads at once, and fails where it is more than promised in
// docs/decisions/0021-pages.md. Needs the built pages.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUILT = 'dist/pages';
/** In bytes, gzipped. GraphiQL, with its editor, is larger and has no limit. */
const LIMIT = 120_000;
const WITHOUT_LIMIT = new Set(['graphiql']);

const pages = readdirSync(BUILT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of pages) {
  const html = readFileSync(join(BUILT, name, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="assets\/([^"]+\.js)"/g)].map(([, file]) => file);
  const size = scripts.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(BUILT, file)), { level: 9 }).length,
    0,
  );
  const isLimited = !WITHOUT_LIMIT.has(name);
  console.log(`${name}: ${size} bytes of JavaScript gzipped${isLimited ? `, of ${LIMIT}` : ''}`);
  if (isLimited && size > LIMIT) process.exitCode = 1;
}
