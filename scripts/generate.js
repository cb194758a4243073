// Writes every file that is made from others. With --check it writes nothing, and fails where one of
// them is not what its sources make now. Needs a build.
import { charts } from './generators/charts.js';
import { clientOptions } from './generators/client-options.js';
import { errorCodes } from './generators/error-codes.js';
import { luaScripts } from './generators/lua-scripts.js';
import { metricsTable } from './generators/metrics-table.js';
import { measurements } from './generators/measurements.js';
import { scalePlan } from './generators/scale-plan.js';
import { schemaDefinition } from './generators/schema-definition.js';
import { schemaReference } from './generators/schema-reference.js';
import { settingsReference } from './generators/settings-reference.js';
import { testContracts } from './generators/test-contracts.js';
import { typedDocuments } from './generators/typed-documents.js';
import { write } from './generators/write.js';

/** In this order: the typed documents are made from the schema. */
const generators = [
  luaScripts,
  schemaDefinition,
  schemaReference,
  errorCodes,
  settingsReference,
  clientOptions,
  metricsTable,
  measurements,
  charts,
  scalePlan,
  typedDocuments,
  testContracts,
];

await write(generators, { checkOnly: process.argv.includes('--check') });
