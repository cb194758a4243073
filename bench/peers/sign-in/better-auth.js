// Better Auth with its SIWE plugin; the signature is verified by viem, as its documentation shows.
// UPDATE_AGE: after how many seconds a session that is asked for is extended.
import { toNodeHandler } from 'better-auth/node';
import { siwe } from 'better-auth/plugins/siwe';
import { verifyMessage } from 'viem';
import { generateSiweNonce } from 'viem/siwe';
import { createAuth } from '../better-auth.js';
import { listen } from '../listen.js';

const updateAge = process.env.UPDATE_AGE;

const auth = createAuth({
  ...(updateAge !== undefined && { session: { updateAge: Number(updateAge) } }),
  plugins: [
    siwe({
      domain: 'app.example.com',
      getNonce: async () => generateSiweNonce(),
      verifyMessage: ({ message, signature, address }) =>
        verifyMessage({ message, signature, address }),
    }),
  ],
});
listen(toNodeHandler(auth));
