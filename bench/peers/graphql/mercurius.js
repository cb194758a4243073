// Mercurius in Fastify. JIT=on compiles documents after their first execution.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { resolvers, typeDefs } from './schema.js';

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  path: '/',
  ...(process.env.JIT === 'on' && { jit: 1 }),
});
const url = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url }));
