import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { send, stop } from '../server.ts';

const userIdOf = (request: express.Request) => request.get('x-user');

// <snippet>

const post = async (path: string, body: object, headers: Record<string, string> = {}) =>
  send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const wallet = Wallet.createRandom();
const challenge = await post('/api/challenge', {
  account: `eip155:1:${wallet.address.toLowerCase()}`,
});
const { message } = (await challenge.json()) as { message: string };
const signature = await wallet.signMessage(message);
const signedIn = await post('/api/sign-in', { message, signature }, { 'x-user': 'user-1' });
const { session, refreshToken } = (await signedIn.json()) as Record<string, never>;
assert.equal(session['wallet'], `eip155:0:${wallet.address}`);
assert.deepEqual(
  (await walletSessions.sessions.list(`eip155:0:${wallet.address}`)).map(({ userId }) => userId),
  ['user-1'],
);
const refreshed = await post('/api/refresh', { refreshToken });
const { accessToken } = (await refreshed.json()) as { accessToken: string };
const bearer = { authorization: `Bearer ${accessToken}` };
assert.equal((await post('/api/logout', {}, bearer)).status, 200);
assert.equal((await post('/api/logout', {}, bearer)).status, 401);
assert.equal((await post('/api/refresh', {})).status, 401);
assert.equal((await post('/api/sign-in', {})).status, 400);
await stop(walletSessions);
