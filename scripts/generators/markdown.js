import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

/** A Markdown table, to be formatted: pipes in cells are escaped. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * The file, or what it has become meanwhile, with what stands between `<!-- name -->` and `<!-- /name -->`
 * replaced.
 */
export async function withSection(path, name, section, meanwhile) {
  const before = meanwhile ?? (await readFile(path, 'utf8'));
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [before.indexOf(start), before.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${path} has no section ${start} … ${end}.`);
  const text = `${before.slice(0, from)}${start}\n\n${section}\n\n${before.slice(to)}`;
  return { path, content: await formatted(path, text) };
}

export async function formatted(path, text) {
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}
