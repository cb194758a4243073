import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Snippet } from './documentation.js';

const FOLDER = resolve(__dirname, '../docs/surroundings');

/** The line of a file of surroundings that stands for the snippet. */
const MARK = /^.*<snippet>.*\n/m;

/** What a file of surroundings is called, by the language of its snippet; `.browser` runs in a page. */
const EXTENSIONS: Record<string, readonly string[]> = {
  js: ['.mts', '.browser.ts'],
  ts: ['.mts', '.browser.ts'],
  tsx: ['.browser.tsx'],
  sh: ['.sh'],
};

/** A snippet with what stands before and after it, as one program. */
export interface SurroundedSnippet {
  readonly snippet: Snippet;
  /** Where the surroundings are, or would be: imports are relative to it. */
  readonly file: string;
  readonly source: string;
  readonly isForBrowser: boolean;
}

/**
 * Puts the snippet in its surroundings: `test/docs/surroundings/<page>/<heading>`, where there are any. They give it
 * what its page has made before, or its reader has, and say what must be so after it.
 */
export function surround(snippet: Snippet): SurroundedSnippet {
  const [page = '', heading = ''] = snippet.id.toLowerCase().replace(/\.md#/, '#').split('#');
  const base = join(FOLDER, basename(page), heading);
  const files = (EXTENSIONS[snippet.language] ?? []).map((extension) => base + extension);
  const [first = base] = files;
  const file = files.find((path) => existsSync(path)) ?? first;
  const around = existsSync(file) ? readFileSync(file, 'utf8') : '<snippet>\n';
  if (!MARK.test(around)) throw new Error(`${file} has no line <snippet>.`);
  return {
    snippet,
    file,
    source: around.replace(MARK, () => snippet.text),
    isForBrowser: file.includes('.browser.'),
  };
}

/** The files of surroundings that belong to none of the snippets. */
export function idleSurroundings(snippets: readonly Snippet[]): string[] {
  const used = new Set(snippets.map((snippet) => surround(snippet).file));
  return readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== FOLDER)
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !used.has(path))
    .map((path) => relative(FOLDER, path));
}
