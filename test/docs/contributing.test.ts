import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

describe('the section "Add a store" of CONTRIBUTING.md', () => {
  let section: string;
  let ports: { name: string; file: string }[];
  beforeAll(async () => {
    const [, afterTitle = ''] = (await readFile('CONTRIBUTING.md', 'utf8')).split(
      '## Add a store\n',
    );
    [section = ''] = afterTitle.split('\n## ');
    const source = await readFile('src/stores/open-store.ts', 'utf8');
    const imports = source.matchAll(/^import type \{ (.+) \} from '(.+)\.js';$/gm);
    ports = Array.from(imports, ([, names = '', path = '']) =>
      names.split(', ').map((name) => ({ name, file: `${join('src/stores', path)}.ts` })),
    ).flat();
  });

  it('names every port of an open store with its file in "Add a store" of CONTRIBUTING.md', () => {
    expect(ports.length).toBeGreaterThan(5);
    for (const { name, file } of ports) {
      const row = section.split('\n').find((line) => line.includes(`\`${name}\``));
      expect(row).toContain(`\`${file}\``);
    }
  });

  it('names only existing files in "Add a store" of CONTRIBUTING.md', async () => {
    const files = Array.from(
      section.matchAll(/`((?:src|test)\/[\w/-]+\.ts)`/g),
      ([, path]) => path,
    );
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) await readFile(file ?? '');
  });
});
