import assert from 'node:assert/strict';
import { requireWalletSession, walletSessionOf } from 'wallet-sessions/express';
import { app, origin, walletSessions } from '../cookies.ts';
import { send, signedMessage, stop } from '../server.ts';

const { sourceOf } = walletSessions;

// <snippet>

app.get('/me', requireWalletSession(walletSessions), (request, response) => {
  response.json({ wallet: walletSessionOf(request).wallet });
});
app.listen(0);
const signIn = async (headers: Record<string, string>) => {
  const { address, message, signature } = await signedMessage(walletSessions);
  const response = await send('/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ message, signature }),
  });
  return { address, response, answer: (await response.json()) as object };
};
const page = await signIn({ origin });
assert.deepEqual(Object.keys(page.answer), ['session']);
const cookie = page.response.headers
  .getSetCookie()
  .map((text) => text.split(';')[0])
  .join('; ');
const me = await send('/me', { headers: { origin, cookie } });
assert.deepEqual(await me.json(), { wallet: page.address });
const phone = await signIn({});
assert.ok('accessToken' in phone.answer);
await stop(walletSessions);
