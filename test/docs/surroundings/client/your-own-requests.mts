import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { signedIn } from '../people.ts';

const client = await signedIn(Wallet.createRandom());

// <snippet>

assert.equal(session?.id, client.state.session?.id);
client.close();
