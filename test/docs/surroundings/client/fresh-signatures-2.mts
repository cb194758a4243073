import assert from 'node:assert/strict';
import { administrator as wallet, signedIn } from '../people.ts';

const client = await signedIn(wallet);

// <snippet>

assert.equal(client.state.status, 'signed-in');
client.close();
