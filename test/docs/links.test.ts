import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { readDocumentation } from '../harness/documentation.js';

const ROOT = resolve(__dirname, '../..');

/** A path that begins with a folder of the repository, without placeholders. */
const FOLDERS =
  /^(?:bench|client|docs|examples|ops|pages|schema|scripts|service|src|test)\/[\w./-]+$/;

describe('links in the documentation', () => {
  const { inline, links, targets } = readDocumentation();

  it('links only to existing files and headings in the documentation', () => {
    const dead = links.filter(({ target }) =>
      target.includes('#') ? !targets.includes(target) : !existsSync(resolve(ROOT, target)),
    );
    expect(links.length).toBeGreaterThan(100);
    expect(dead).toEqual([]);
  });

  it('names only existing files and folders of the repository in the documentation', () => {
    const paths = inline.filter(({ text }) => FOLDERS.test(text));
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter(({ text }) => !existsSync(resolve(ROOT, text)))).toEqual([]);
  });

  it('links from the documentation index to every page and every example', () => {
    const fromIndex = links
      .filter(({ place }) => place.startsWith('docs/README.md:'))
      .map(({ target }) => target);
    const pages = targets.filter((target) => /^docs\/[\w-]+\.md$/.test(target));
    const examples = readdirSync(resolve(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.[jt]s$/.test(path))
      .map((path) => `examples/${path}`);
    const others = [...pages, ...examples].filter((target) => target !== 'docs/README.md');
    expect(fromIndex).toEqual(expect.arrayContaining(others));
  });
});
