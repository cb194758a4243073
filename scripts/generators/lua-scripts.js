import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = 'src/stores/redis/scripts/lua';
const target = 'src/stores/redis/scripts/generated/scripts.ts';

/**
 * The Lua scripts as a TypeScript module, so that they travel with the package however it is built,
 * bundled or loaded. A line `--#include name` stands for the file `name.lua`. A script with the line `--#within name` is
 * placed, below its own header, into `name.lua` at the line `--#body`.
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

const WITHIN = /^--#within (\w+)\n/m;

async function sourceOf(name) {
  const source = await readFile(join(folder, `${name}.lua`), 'utf8');
  const outer = WITHIN.exec(source)?.[1];
  if (outer === undefined) return expand(source);
  const [header, body] = source.split(WITHIN).filter((part) => part !== outer);
  const [around, expandedBody] = [await sourceOf(outer), await expand(body)];
  return header + around.replace(/^--#body$/m, () => expandedBody.trimEnd());
}

async function expand(source) {
  const lines = source.split('\n');
  const included = await Promise.all(
    lines.map(async (line) => {
      const [, other] = /^--#include (\w+)$/.exec(line) ?? [];
      return other === undefined ? line : (await sourceOf(other)).trimEnd();
    }),
  );
  return included.join('\n');
}
