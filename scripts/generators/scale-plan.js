import { readResults } from '../../bench/report/results.js';
import { readCosts } from '../../bench/scale/read-costs.js';
import { scaleTables } from '../../bench/scale/tables.js';
import { table, withSection } from './markdown.js';

/** The plan of docs/scale.md, from the newest measurements. */
export async function scalePlan() {
  const results = await readResults();
  const tables = scaleTables(readCosts(results)).map(
    ({ title, head, rows }) => `**${title}**\n\n${table(head, rows)}`,
  );
  const { file, measuredAt } = results['unit-costs'];
  const about = `_From \`${file}\`; unit costs of ${measuredAt.slice(0, 10)}._`;
  return [await withSection('docs/scale.md', 'scale', [...tables, about].join('\n\n'))];
}
