import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withIds } from './find-table.js';

/** `BENCH_RESULTS`: another folder, for a try whose figures nobody shall read. */
const folder = process.env.BENCH_RESULTS
  ? `${resolve(process.env.BENCH_RESULTS)}/`
  : fileURLToPath(new URL('../results/', import.meta.url));

/** Keeps a part in the file of the day; the other parts in it stay as they were measured. */
export async function saveResults(name, result) {
  const file = `${result.measuredAt.slice(0, 10)}.json`;
  const before = await readFile(folder + file, 'utf8').then(JSON.parse, () => ({}));
  await mkdir(folder, { recursive: true });
  await writeFile(
    folder + file,
    `${JSON.stringify({ ...before, [name]: result }, undefined, 2)}\n`,
  );
  return relative(process.cwd(), folder + file);
}

/** Keeps a file that is not of one day beside the results. */
export async function keepFile(name, content) {
  await mkdir(folder, { recursive: true });
  await writeFile(folder + name, content);
}

/** Each part by its name as it was last measured, with the file that it is from. */
export async function readResults() {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const results = {};
  for (const name of files) {
    const file = `bench/results/${name}`;
    const parts = JSON.parse(await readFile(folder + name, 'utf8'));
    for (const [part, result] of Object.entries(parts))
      results[part] = { file, ...result, tables: withIds(part, result.tables) };
  }
  return results;
}
