import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { signedIn } from '../people.ts';
import { sessionFetchOf } from '../session-fetch.ts';

const client = await signedIn(Wallet.createRandom());
const sessionFetch = sessionFetchOf(client);

// <snippet>

const answer = await fetchQuery(
  { text: 'query ($first: Int) { sessions(first: $first) { totalCount } }' },
  { first: 1 },
);
assert.deepEqual(answer, { data: { sessions: { totalCount: 1 } } });
client.close();
