// Writes the Lua scripts as a TypeScript module, so that they travel with the package however it is
// built, bundled or loaded. A line `--#include name` stands for the file `name.lua`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'src/stores/redis/lua';
const target = 'src/stores/redis/generated';

const sourceOf = (name) =>
  readFileSync(join(folder, `${name}.lua`), 'utf8').replace(/^--#include (\w+)$/gm, (_, included) =>
    sourceOf(included).trimEnd(),
  );

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.lua') && !file.startsWith('_'))
  .map((file) => file.slice(0, -'.lua'.length))
  .sort();

mkdirSync(target, { recursive: true });
writeFileSync(
  join(target, 'scripts.ts'),
  [
    `// Made from ${folder}/*.lua by \`npm run generate\`: edit those.`,
    'export const scripts = {',
    ...names.map((name) => `  ${name}: ${JSON.stringify(sourceOf(name))},`),
    '} as const;',
    '',
  ].join('\n'),
);
