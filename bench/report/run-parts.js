import { loadavg } from 'node:os';
import { describeMachine, describeVersions, revision } from '../system/machine.js';
import { LOAD_CORE, moveTo } from '../system/cores.js';
import { goalsTable } from './goals.js';
import { readResults, saveResults } from './results.js';
import { printTables } from './tables.js';

/** Runs parts one after the other, prints each when it is done, and keeps what was measured. */
export async function runParts(parts) {
  moveTo(LOAD_CORE);
  const machine = describeMachine();
  const versions = describeVersions();
  console.log(describe(machine, versions));
  for (const { name, title, run } of parts) {
    const started = new Date();
    const load = loadavg()[0];
    const tables = await run();
    const seconds = Math.round((Date.now() - started.getTime()) / 1000);
    printTables(title, tables);
    const file = await saveResults(name, {
      title,
      measuredAt: started.toISOString(),
      revision: revision(),
      seconds,
      loadBefore: load,
      machine,
      versions,
      tables,
    });
    console.log(`${seconds} s, kept in ${file}`);
  }
  const table = goalsTable(await readResults());
  await saveResults('goals', { measuredAt: new Date().toISOString(), tables: [table] });
  printTables('In one table', [table]);
}

function describe({ processor, cores, memory, system, pinned }, { service, peers, ...programs }) {
  const where = `${processor}, ${cores} cores, ${memory}, ${system}`;
  const how = pinned
    ? 'server on one core, load and Redis on another'
    : 'NOT pinned to cores: this system cannot, or has one';
  const listOf = (versions) =>
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ');
  return [
    `${where}; ${how}`,
    listOf(programs),
    `this service with ${listOf(service)}`,
    `peers: ${listOf(peers)}`,
  ].join('\n');
}
