// The plan of docs/scale.md, from the newest measurements, checked by a small simulation.
//
//   node bench/scale-simulation.js
import { readResults } from './report/results.js';
import { printColumns } from './report/tables.js';
import { readCosts } from './scale/read-costs.js';
import { scaleTables } from './scale/tables.js';

for (const { title, head, rows } of scaleTables(readCosts(await readResults()))) {
  console.log(`\n${title}\n`);
  printColumns([head, ...rows]);
}
