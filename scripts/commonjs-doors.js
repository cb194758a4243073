// Writes dist/commonjs of each package named, after a build: for each entry of its package.json that can be
// required, a CommonJS module that loads the one implementation, and all declarations once more, as those of CommonJS
// modules. The reasons are in docs/decisions/0022-packaging.md.
//
//     node scripts/commonjs-doors.js PACKAGE_FOLDER…
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

for (const folder of process.argv.slice(2)) await writeDoors(folder);

/** Writes the files that have changed, and removes those that are no longer needed. */
async function writeDoors(folder) {
  const build = join(folder, 'dist');
  const doors = join(build, 'commonjs');
  const files = await doorsOf(folder, build, doors);
  for (const file of await filesIn(doors)) {
    if (!files.has(file)) await rm(join(doors, file));
  }
  for (const [file, content] of files) {
    const path = join(doors, file);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === content) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** The content of each file. */
async function doorsOf(folder, build, doors) {
  const files = new Map([['package.json', '{ "type": "commonjs" }\n']]);
  for (const file of await filesIn(build)) {
    const isDeclaration = file.endsWith('.d.ts') && !file.startsWith(`commonjs${sep}`);
    if (isDeclaration) files.set(file, await readFile(join(build, file), 'utf8'));
  }
  const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  for (const { require: required } of Object.values(exports)) {
    if (required === undefined) continue;
    const file = relative(doors, join(folder, required.default));
    const implementation = relative(dirname(join(doors, file)), join(build, file));
    files.set(file, `'use strict';\nmodule.exports = require('${implementation}');\n`);
  }
  return files;
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
