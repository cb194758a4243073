import { VARIABLES } from '../../dist/config/variables.js';
import { table, withSection } from './markdown.js';

/** The table of environment variables in the README. */
export async function configurationTable() {
  const rows = Object.entries(VARIABLES).map(([name, { description, fallback }]) => [
    `\`${name}\``,
    fallback === undefined ? '' : `\`${fallback}\``,
    description,
  ]);
  const section = table(['variable', 'default', 'meaning'], rows);
  return [await withSection('README.md', 'configuration', section)];
}
