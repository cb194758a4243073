// GraphQL Yoga on node:http.
import { createSchema, createYoga } from 'graphql-yoga';
import { listen } from '../listen.js';
import { resolvers, typeDefs } from './schema.js';

listen(createYoga({ schema: createSchema({ typeDefs, resolvers }), graphqlEndpoint: '/' }));
