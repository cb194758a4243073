import assert from 'node:assert/strict';
import { ApolloServer } from '@apollo/server';
import { buildWalletSessionsSchema } from 'wallet-sessions/graphql';
import { app, origin, walletSessions } from '../cookies.ts';
import { send, signedMessage, stop } from '../server.ts';

const apollo = new ApolloServer({ schema: buildWalletSessionsSchema() });
await apollo.start();

// <snippet>

app.listen(0);
const headers = new Headers({ 'content-type': 'application/json', origin });
const execute = (query: string, variables: object = {}) =>
  send('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
const { account, message, signature } = await signedMessage(walletSessions);
const signedIn = await execute(
  'mutation ($message: String!, $signature: String!) { signIn(message: $message, signature: $signature) { accessToken } }',
  { message, signature },
);
assert.deepEqual(await signedIn.json(), { data: { signIn: { accessToken: null } } });
const cookies = signedIn.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
headers.set('cookie', cookies.join('; '));
const answer = await execute('{ session { wallet } }');
assert.deepEqual(await answer.json(), { data: { session: { wallet: account } } });
await apollo.stop();
await stop(walletSessions);
