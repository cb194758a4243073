import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** Where a package finds another one: in its own folder, or in one above. */
function placeOf(name: string, from: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const place = `${folder}${folder === '' ? '' : '/'}node_modules/${name}`;
    if (place in packages) return place;
    if (folder === '') throw new Error(`package-lock.json has no ${name}.`);
  }
}

/** The packages that a package brings, by their places in the lockfile. */
function broughtBy(folder: string, found = new Set<string>()): Set<string> {
  for (const name of Object.keys(packages[folder]?.dependencies ?? {})) {
    const place = placeOf(name, folder);
    if (found.has(place)) continue;
    broughtBy(place, found.add(place));
  }
  return found;
}

describe('the numbers of installed packages in the documentation', () => {
  const count = broughtBy('').size;

  it.each([
    ['README.md', /^\| `wallet-sessions` [^|]*\|[^|]*\| (\d+),/m, 1],
    ['docs/decisions/0022-packaging.md', /brings (\d+)\s+packages/, 0],
    ['docs/comparison.md', /^\| packages that an installation brings[^|]*\| (\d+) /m, 1],
  ])('states how many packages the library brings in %s', (page, pattern, ofItself) => {
    expect(Number(pattern.exec(read(page))?.[1])).toBe(count + ofItself);
  });
});
