// Fastify 5 with nothing checked.
import fastify from 'fastify';

const app = fastify();
app.get('/', () => ({ id: 'AAAAAAAAAAAAAAAAAAAA' }));
const url = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ url, headers: { authorization: `Bearer ${'A'.repeat(87)}` } }));
