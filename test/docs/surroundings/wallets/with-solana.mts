import assert from 'node:assert/strict';
import { createSignInMessage } from '@solana/wallet-standard-util';
import { aSolanaWallet } from '../../../harness/solana-wallet.ts';

const key = aSolanaWallet();
const wallet = {
  name: 'Phantom',
  accounts: [],
  features: {
    'solana:signIn': {
      signIn(input) {
        const signedMessage = createSignInMessage({ ...input, address: key.address });
        return Promise.resolve([{ signedMessage, signature: key.signBytes(signedMessage) }]);
      },
    },
  },
};

// <snippet>

assert.equal(session.wallet, key.account);
client.close();
