// Writes the SDL of the schema that the type-graphql classes make.
import { mkdirSync, writeFileSync } from 'node:fs';
import { printSchema } from 'graphql';
import { buildWalletSessionsSchema } from '../dist/graphql/schema.js';

mkdirSync('schema', { recursive: true });
writeFileSync(
  'schema/wallet-sessions.graphql',
  `# Made from src/graphql by \`npm run generate\`: edit the classes there.\n\n${printSchema(buildWalletSessionsSchema())}\n`,
);
