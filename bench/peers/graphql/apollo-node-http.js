// Apollo Server 5 straight from node:http, as small as it can be.
import { ApolloServer, HeaderMap } from '@apollo/server';
import { json } from 'node:stream/consumers';
import { listen } from '../listen.js';
import { resolvers, typeDefs } from './schema.js';

const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();

listen(async (request, response) => {
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers: new HeaderMap(Object.entries(request.headers)),
      search: '',
      body: await json(request),
    },
    context: () => Promise.resolve({}),
  });
  response.statusCode = status ?? 200;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.end(body.string);
});
