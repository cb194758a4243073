import assert from 'node:assert/strict';
import { ask, send, signedMessage, stop } from '../server.ts';

// <snippet>

const { account, ...signed } = await signedMessage(walletSessions);
const signedIn = await send('/api/sign-in', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(signed),
});
const { accessToken } = (await signedIn.json()) as { accessToken: string };
assert.deepEqual(await ask('/me', accessToken), [200, JSON.stringify({ wallet: account })]);
assert.equal((await ask('/me'))[0], 401);
await stop(walletSessions);
