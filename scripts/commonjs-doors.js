// Writes dist/commonjs of each package named, after a build: for each entry of its package.json that can be
// required, a CommonJS module that loads the one implementation, and all declarations once more, as those of CommonJS
// modules. The reasons are in docs/decisions/0022-packaging.md.
//
//     node scripts/commonjs-doors.js PACKAGE_FOLDER…
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

for (const folder of process.argv.slice(2)) await writeDoors(folder);

async function writeDoors(folder) {
  const build = join(folder, 'dist');
  const doors = join(build, 'commonjs');
  const place = async (file, write) => {
    const path = join(doors, file);
    await mkdir(dirname(path), { recursive: true });
    await write(path);
  };

  await rm(doors, { recursive: true, force: true });
  for (const file of await readdir(build, { recursive: true })) {
    if (file.endsWith('.d.ts')) await place(file, (path) => copyFile(join(build, file), path));
  }
  await place('package.json', (path) => writeFile(path, '{ "type": "commonjs" }\n'));

  const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  for (const { require: required } of Object.values(exports)) {
    if (required === undefined) continue;
    const file = relative(doors, join(folder, required.default));
    await place(file, (path) => {
      const implementation = relative(dirname(path), join(build, file));
      return writeFile(path, `'use strict';\nmodule.exports = require('${implementation}');\n`);
    });
  }
}
