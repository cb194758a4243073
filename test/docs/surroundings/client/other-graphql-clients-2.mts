import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { signedIn } from '../people.ts';
import { sessionFetchOf } from '../session-fetch.ts';

const client = await signedIn(Wallet.createRandom());
const sessionFetch = sessionFetchOf(client);

// <snippet>

assert.equal(data?.session?.id, client.state.session?.id);

// With its default options, urql sends this by GET.
let method: string | undefined;
const byDefault = new Client({
  url: 'http://localhost:4000/graphql',
  exchanges: [fetchExchange],
  fetch(input, init) {
    method = init?.method;
    return sessionFetch(input, init);
  },
});
const answer = await byDefault.query('{ session { id } }', {});
assert.equal(method, 'GET');
assert.equal(answer.error, undefined);
assert.equal(answer.data?.session?.id, client.state.session?.id);

await client.logout();
assert.deepEqual((await urql.query('{ session { id wallet } }', {})).data, { session: null });
client.close();
