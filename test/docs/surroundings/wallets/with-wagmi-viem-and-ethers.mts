import assert from 'node:assert/strict';
import { generatePrivateKey } from 'viem/accounts';

const privateKey = generatePrivateKey();

// <snippet>

assert.equal(session.wallet, `eip155:0:${account.address}`);
client.close();
