import assert from 'node:assert/strict';
import { Wallet } from 'ethers';
import { signedIn } from '../people.ts';

const wallet = Wallet.createRandom();
const phone = await signedIn(wallet, 'Phone');
const client = await signedIn(wallet, 'Laptop');

// <snippet>

assert.deepEqual(
  page.sessions.map(({ device }) => device),
  ['Laptop', 'Phone'],
);
assert.ok(!next);
assert.equal(client.state.status, 'signed-out');
assert.equal(await phone.session(), null);
client.close();
phone.close();
