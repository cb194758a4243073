import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { createWalletSessionsClient } from 'wallet-sessions-client';

/** Whether the next request is sent with a token that is not valid. */
let isStale = false;
let refreshes = 0;
const real = createWalletSessionsClient({ url: 'http://localhost:4000/graphql' });
const client = {
  accessToken: async () => (isStale ? 'stale' : real.accessToken()),
  async refresh() {
    refreshes += 1;
    isStale = false;
    await real.refresh();
  },
};

// <snippet>

const ask = async (query: string) => {
  const response = await sessionFetch('http://localhost:4000/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
};
assert.deepEqual(await ask('{ session { id } }'), { data: { session: null } });
const { id } = await real.signIn(Wallet.createRandom());
assert.deepEqual(await ask('{ session { id } }'), { data: { session: { id } } });
assert.equal(refreshes, 0);
isStale = true;
assert.deepEqual(await ask('{ sessions { totalCount } }'), {
  data: { sessions: { totalCount: 1 } },
});
assert.equal(refreshes, 1);
real.close();
