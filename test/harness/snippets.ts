import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** A fenced block of code in the documentation. */
export interface Snippet {
  /** `docs/client.md:7` */
  readonly place: string;
  /** A name for a file of it. */
  readonly name: string;
  readonly language: string;
  readonly text: string;
  /** Why it is not run, where a comment `<!-- not run: … -->` stands before it. */
  readonly notRun: string | undefined;
}

/** All of the README and of the pages in docs, in order. */
export function snippets(): Snippet[] {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.sort().map((name) => `docs/${name}`)].flatMap(snippetsOf);
}

const FENCE = /^(?:<!-- not run: (.+) -->\n+)?```(\w+)\n([\s\S]*?)^```$/gm;

function snippetsOf(page: string): Snippet[] {
  const content = readFileSync(join(ROOT, page), 'utf8');
  return Array.from(
    content.matchAll(FENCE),
    ({ index, 1: notRun, 2: language = '', 3: text = '' }) => {
      const line = content.slice(0, index).split('\n').length;
      const name = `${basename(page, '.md').toLowerCase()}-${line}`;
      return { place: `${page}:${line}`, name, language, text, notRun };
    },
  );
}
