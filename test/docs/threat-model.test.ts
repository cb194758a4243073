import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DOCS = resolve(__dirname, '../../docs');
const SECURITY_TESTS = resolve(__dirname, '../security');

describe('the threat model in docs/security.md', () => {
  const text = readFileSync(join(DOCS, 'security.md'), 'utf8');
  const definitions = new Map(
    Array.from(text.matchAll(/^\[([\w-]+)\]: (\S+)$/gm), ([, label = '', target = '']) => [
      label,
      target,
    ]),
  );

  it('links only to existing tests and decisions in docs/security.md', () => {
    expect(definitions.size).toBeGreaterThan(20);
    const missing = [...definitions.values()].filter((target) => !existsSync(join(DOCS, target)));
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
    const named = new Set([...definitions.values()].map((target) => resolve(DOCS, target)));
    const tests = readdirSync(SECURITY_TESTS).map((file) => join(SECURITY_TESTS, file));
    expect(tests.filter((test) => !named.has(test))).toEqual([]);
  });
});
