import assert from 'node:assert/strict';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { signIn } from '../server.ts';

const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory: 'store' }),
  keys: [{ id: 'only', secret: Buffer.alloc(32, 1) }],
  origins: ['https://app.example.com'],
});

// <snippet>

const ask = async (path: string, headers = {}) => {
  const response = await handle(
    new Request(`https://app.example.com${path}`, { headers }),
    '192.0.2.1',
  );
  return [response.status, ((await response.json()) as { wallet?: string }).wallet];
};
const { account, accessToken } = await signIn(walletSessions);
const bearer = { authorization: `Bearer ${accessToken}` };
assert.deepEqual(await ask('/me', bearer), [200, account]);
assert.deepEqual(await ask('/api/session', bearer), [200, account]);
assert.deepEqual(await ask('/me'), [401, undefined]);
await walletSessions.close();
