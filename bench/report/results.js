import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

/** Keeps a part in the file of the day; the other parts in it stay as they were measured. */
export async function saveResults(name, result) {
  const path = `${folder}${result.measuredAt.slice(0, 10)}.json`;
  const before = await readFile(path, 'utf8').then(JSON.parse, () => ({}));
  await mkdir(folder, { recursive: true });
  await writeFile(path, `${JSON.stringify({ ...before, [name]: result }, undefined, 2)}\n`);
  return path;
}

/** The newest file of results, with its parts by name. */
export async function readResults() {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const newest = files.at(-1);
  if (newest === undefined) throw new Error('There are no results yet: npm run bench.');
  const parts = JSON.parse(await readFile(folder + newest, 'utf8'));
  return { file: `bench/results/${newest}`, parts };
}
