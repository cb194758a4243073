// What an application loads that has sessions in Express and does not speak GraphQL.
import { createRequire } from 'node:module';
import 'wallet-sessions';
import 'wallet-sessions/embedded';
import 'wallet-sessions/express';
import 'wallet-sessions/redis';

const { cache } = createRequire(import.meta.url);
const hasGraphQL = () => Object.keys(cache).some((path) => path.includes('/node_modules/graphql/'));

const without = hasGraphQL();
await import('wallet-sessions/graphql');
console.log(JSON.stringify({ without, with: hasGraphQL() }));
