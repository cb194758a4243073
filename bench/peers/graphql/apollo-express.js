// Apollo Server 5 in Express 5, as its documentation sets it up.
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { listen } from '../listen.js';
import { resolvers, typeDefs } from './schema.js';

const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();

const app = express();
app.use('/', express.json(), expressMiddleware(apollo));
listen(app);
