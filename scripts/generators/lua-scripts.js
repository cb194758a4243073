import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = 'src/stores/redis/scripts/lua';
const target = 'src/stores/redis/scripts/generated/scripts.ts';

/**
 * The Lua scripts as a TypeScript module, so that they travel with the package however it is built,
 * bundled or loaded. A line `--#include name` stands for the file `name.lua`.
 */
export async function luaScripts() {
  const names = (await readdir(folder))
    .filter((file) => file.endsWith('.lua') && !file.startsWith('_'))
    .map((file) => file.slice(0, -'.lua'.length))
    .sort();
  const lines = [
    `// Made from ${folder}/*.lua by \`npm run generate\`: edit those.`,
    'export const scripts = {',
  ];
  for (const name of names) lines.push(`  ${name}: ${JSON.stringify(await sourceOf(name))},`);
  return [{ path: target, content: [...lines, '} as const;', ''].join('\n') }];
}

async function sourceOf(name) {
  const lines = (await readFile(join(folder, `${name}.lua`), 'utf8')).split('\n');
  const included = await Promise.all(
    lines.map(async (line) => {
      const [, other] = /^--#include (\w+)$/.exec(line) ?? [];
      return other === undefined ? line : (await sourceOf(other)).trimEnd();
    }),
  );
  return included.join('\n');
}
