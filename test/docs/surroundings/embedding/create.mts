import assert from 'node:assert/strict';
import { signIn } from '../server.ts';

// <snippet>

const { account } = await signIn(walletSessions);
assert.equal((await walletSessions.sessions.list(account)).length, 1);
await walletSessions.close();
