import assert from 'node:assert/strict';
import express from 'express';
import { createWalletSessions } from 'wallet-sessions';
import { openEmbeddedStore } from 'wallet-sessions/embedded';
import { ask, signIn, stop } from '../server.ts';

const app = express();
const walletSessions = createWalletSessions({
  store: openEmbeddedStore({ directory: 'store' }),
  keys: [{ id: 'only', secret: Buffer.alloc(32, 1) }],
  origins: ['https://app.example.com'],
});

// <snippet>

app.listen(0);
const { account, accessToken } = await signIn(walletSessions);
assert.deepEqual(await ask('/me', accessToken), [200, JSON.stringify({ wallet: account })]);
assert.equal((await ask('/me'))[0], 401);
assert.deepEqual(await ask('/', accessToken), [200, `Hello, ${account}`]);
assert.deepEqual(await ask('/'), [200, 'Hello, stranger']);
await stop(walletSessions);
