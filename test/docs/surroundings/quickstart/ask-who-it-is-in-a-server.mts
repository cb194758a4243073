import assert from 'node:assert/strict';
import { ask, signIn, stop } from '../server.ts';

// <snippet>

const { address, accessToken } = await signIn(walletSessions);
assert.deepEqual(await ask('/me', accessToken), [200, JSON.stringify({ wallet: address })]);
assert.equal((await ask('/me'))[0], 401);
await stop(walletSessions);
