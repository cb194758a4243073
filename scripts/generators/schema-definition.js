import { printSchema } from 'graphql';
import { buildWalletSessionsSchema } from '../../dist/graphql/schema.js';

const HEADER = '# Made from src/graphql by `npm run generate`: edit the classes there.';

/** The SDL of the schema that the type-graphql classes make. */
export function schemaDefinition() {
  const sdl = printSchema(buildWalletSessionsSchema());
  return [{ path: 'schema/wallet-sessions.graphql', content: `${HEADER}\n\n${sdl}\n` }];
}
