// Writes every file that is made from others. With --check it writes nothing, and fails where one of
// them is not what its sources make now. Needs a build.
import { readFile, writeFile } from 'node:fs/promises';
import { configurationReference } from './generators/configuration-reference.js';
import { errorCodes } from './generators/error-codes.js';
import { luaScripts } from './generators/lua-scripts.js';
import { metricsTable } from './generators/metrics-table.js';
import { measurements } from './generators/measurements.js';
import { scalePlan } from './generators/scale-plan.js';
import { schemaDefinition } from './generators/schema-definition.js';
import { schemaReference } from './generators/schema-reference.js';
import { testContracts } from './generators/test-contracts.js';
import { typedDocuments } from './generators/typed-documents.js';

const checkOnly = process.argv.includes('--check');
const contentOf = (path) => readFile(path, 'utf8').catch(() => undefined);

/** In this order: the typed documents are made from the schema. */
for (const generator of [
  luaScripts,
  schemaDefinition,
  schemaReference,
  errorCodes,
  configurationReference,
  metricsTable,
  measurements,
  scalePlan,
  typedDocuments,
  testContracts,
]) {
  for (const { path, content } of await generator()) {
    if ((await contentOf(path)) === content) continue;
    if (checkOnly) {
      console.error(`${path} is stale: run \`npm run generate\` and commit it.`);
      process.exitCode = 1;
    } else {
      await writeFile(path, content);
      console.log(`${path} written`);
    }
  }
}
