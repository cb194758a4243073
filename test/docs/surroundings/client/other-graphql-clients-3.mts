import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { signedIn } from '../people.ts';
import { sessionFetchOf } from '../session-fetch.ts';

const client = await signedIn(Wallet.createRandom());
const sessionFetch = sessionFetchOf(client);

// <snippet>

assert.deepEqual(data, { session: { __typename: 'Session', id: client.state.session?.id } });
await client.logout();
assert.deepEqual(apollo.cache.extract(), {});
client.close();
