import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = 'examples';

/** The packages, other than those of Node.js and this repository, that a program imports. */
function packagesIn(program: string): string[] {
  const imported = Array.from(
    program.matchAll(/(?:from|^import) '([^.'][^']*)'/gm),
    ([, specifier = '']) => specifier,
  );
  return imported
    .filter((specifier) => !/^(?:node:|wallet-sessions)/.test(specifier))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '');
}

describe('the README of the examples', () => {
  const rows = readFileSync(`${FOLDER}/README.md`, 'utf8').split('\n');
  const programs = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.[jt]sx?$/.test(path),
  );

  it.each(programs)('names every package that the example %s imports, and no other', (path) => {
    const row = rows.find((text) => text.includes(`](${path})`)) ?? '';
    const [, , named = ''] = row.split('|');
    const packages = Array.from(named.matchAll(/`([^`]+)`/g), ([, name]) => name);
    const imported = packagesIn(readFileSync(`${FOLDER}/${path}`, 'utf8'));
    expect(packages.sort()).toEqual([...new Set(imported)].sort());
  });
});
