import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Snippet } from './documentation.js';

const FOLDER = resolve(__dirname, '../docs/surroundings');

/** The line of a surroundings file that the snippet replaces. */
const MARK = /^.*<snippet>.*\n/m;

/** The extensions of surroundings files by the language of the snippet. A `.browser` file runs in a page. */
const EXTENSIONS: Record<string, readonly string[]> = {
  js: ['.mts', '.browser.ts'],
  ts: ['.mts', '.browser.ts'],
  tsx: ['.browser.tsx'],
  sh: ['.sh'],
};

/** A snippet with its surroundings as one program. */
export interface SurroundedSnippet {
  readonly snippet: Snippet;
  /** The path of the surroundings, even if there are none. Imports are relative to it. */
  readonly file: string;
  readonly source: string;
  readonly isForBrowser: boolean;
}

/**
 * Puts a snippet in its surroundings, `test/docs/surroundings/<page>/<heading>`, if there are any. They define what
 * the snippet presupposes and assert its effect.
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

/** The surroundings files that belong to no snippet. */
export function idleSurroundings(snippets: readonly Snippet[]): string[] {
  const used = new Set(snippets.map((snippet) => surround(snippet).file));
  return readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== FOLDER)
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !used.has(path))
    .map((path) => relative(FOLDER, path));
}
