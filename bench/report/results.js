import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

/** Keeps a part in the file of the day; the other parts in it stay as they were measured. */
export async function saveResults(name, result) {
  const file = `${result.measuredAt.slice(0, 10)}.json`;
  const before = await readFile(folder + file, 'utf8').then(JSON.parse, () => ({}));
  await mkdir(folder, { recursive: true });
  await writeFile(
    folder + file,
    `${JSON.stringify({ ...before, [name]: result }, undefined, 2)}\n`,
  );
  return `bench/results/${file}`;
}

/** Each part by its name as it was last measured, with the file that it is from. */
export async function readResults() {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const results = {};
  for (const name of files) {
    const file = `bench/results/${name}`;
    const parts = JSON.parse(await readFile(folder + name, 'utf8'));
    for (const [part, result] of Object.entries(parts)) results[part] = { file, ...result };
  }
  return results;
}
