import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DOCS = resolve(__dirname, '../../docs');
const SECURITY_TESTS = resolve(__dirname, '../security');

describe('the threat model in docs/security.md', () => {
  const text = readFileSync(join(DOCS, 'security.md'), 'utf8');
  const pairs = (pattern: RegExp) =>
    new Map(Array.from(text.matchAll(pattern), ([, label = '', target = '']) => [label, target]));
  const definitions = pairs(/^\[([\w-]+)\]: (\S+)$/gm);
  /** The package has no tests: the page names their files at the anchors that it links to. */
  const tests = pairs(/^- <a id="([\w-]+)"><\/a>`(\S+)`$/gm);

  it('links only to existing tests and decisions in docs/security.md', () => {
    expect(definitions.size).toBeGreaterThan(20);
    const files = [...definitions.values()].map((target) => {
      const test = target.startsWith('#') ? tests.get(target.slice(1)) : undefined;
      return test === undefined ? join(DOCS, target) : resolve(DOCS, '..', test);
    });
    const missing = files.filter((file) => !existsSync(file));
    expect(missing).toEqual([]);
  });

  it('defines each link name in docs/security.md once', () => {
    expect(text.match(/^\[[\w-]+\]: /gm)).toHaveLength(definitions.size);
  });

  it('defines every link name that docs/security.md uses and uses every one that it defines', () => {
    const used = new Set(Array.from(text.matchAll(/\]\[([\w-]+)\]/g), ([, label = '']) => label));
    expect([...used].sort()).toEqual([...definitions.keys()].sort());
  });

  it('links to every test of test/security in docs/security.md', () => {
    const named = new Set([...tests.values()].map((file) => resolve(DOCS, '..', file)));
    const files = readdirSync(SECURITY_TESTS).map((file) => join(SECURITY_TESTS, file));
    expect(files.filter((file) => !named.has(file))).toEqual([]);
  });
});
