import { readFile, writeFile } from 'node:fs/promises';

const contentOf = (path) => readFile(path, 'utf8').catch(() => undefined);

/** Writes what the generators make, one after the other; or, to check, fails where it is not what is there. */
export async function write(generators, { checkOnly = false } = {}) {
  for (const generator of generators) {
    for (const { path, content } of await generator()) {
      if ((await contentOf(path)) === content) continue;
      if (checkOnly) {
        console.error(`${path} is stale: run \`npm run generate\` and commit it.`);
        process.exitCode = 1;
      } else {
        await writeFile(path, content);
        console.log(`${path} written`);
      }
    }
  }
}
