import assert from 'node:assert/strict';
import { signIn } from '../server.ts';

// <snippet>

const { address } = await signIn(walletSessions);
assert.equal((await walletSessions.sessions.list(address)).length, 1);
await walletSessions.close();
