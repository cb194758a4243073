// Writes dist/commonjs after a build: for each entry of package.json that can be required, a door to the
// one implementation, and all declarations once more, there those of CommonJS modules. The reasons are in
// docs/decisions/0022-packaging.md.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const BUILD = 'dist';
const DOORS = join(BUILD, 'commonjs');

await rm(DOORS, { recursive: true, force: true });

for (const file of await readdir(BUILD, { recursive: true })) {
  if (file.endsWith('.d.ts')) await place(file, (path) => copyFile(join(BUILD, file), path));
}
await place('package.json', (path) => writeFile(path, '{ "type": "commonjs" }\n'));

const { exports } = JSON.parse(await readFile('package.json', 'utf8'));
for (const { require: required } of Object.values(exports)) {
  if (required === undefined) continue;
  const file = relative(DOORS, required.default);
  await place(file, (path) => {
    const implementation = relative(dirname(path), join(BUILD, file));
    return writeFile(path, `'use strict';\nmodule.exports = require('${implementation}');\n`);
  });
}

async function place(file, write) {
  const path = join(DOORS, file);
  await mkdir(dirname(path), { recursive: true });
  await write(path);
}
