import assert from 'node:assert/strict';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { send, signIn, stop } from '../server.ts';

const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory: 'store' }),
  keys: [{ id: 'only', secret: Buffer.alloc(32, 1) }],
  origins: ['https://app.example.com'],
});

// <snippet>

const { account, accessToken } = await signIn(walletSessions);
const query = `{
  session { account { id } }
  _entities(representations: [{ __typename: "Account", id: "${account}" }]) { ... on Account { id } }
  _service { sdl }
}`;
const answer = await send('/graphql', {
  method: 'POST',
  headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});
const { data } = (await answer.json()) as {
  data: { session: object; _entities: object[]; _service: { sdl: string } };
};
assert.deepEqual(data.session, { account: { id: account } });
assert.deepEqual(data._entities, [{ id: account }]);
assert.match(data._service.sdl, /type Account\s+@key\(fields: "id"\)/);
await apollo.stop();
await stop(walletSessions);
