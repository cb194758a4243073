import assert from 'node:assert/strict';
import { Wallet } from 'ethers';

const wallet = Wallet.createRandom();

// <snippet>

assert.equal(session.device, 'A script');
client.close();
