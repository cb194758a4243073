import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { signedIn } from '../people.ts';

const wallet = Wallet.createRandom();
const client = await signedIn(wallet);

// <snippet>

assert.equal((await client.session())?.authenticatedAt, authenticatedAt);
client.close();
