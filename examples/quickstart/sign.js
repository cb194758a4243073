// Signs a challenge for those who sign in by hand: reads the answer to `createSignInChallenge` on standard input, and
// writes the body of the `signIn` request.
//
//   curl … | node examples/quickstart/sign.js | curl … -d @-
import { json } from 'node:stream/consumers';
import { Wallet } from 'ethers';

/** 0x9858…da94, whose key everybody knows: the first account of the mnemonic that BIP-39 begins with. */
const wallet = Wallet.fromPhrase(`${'abandon '.repeat(11)}about`);

const { data, errors } = await json(process.stdin);
if (errors) throw new Error(errors[0].message);
const { message } = data.createSignInChallenge;

const query = `mutation ($message: String!, $signature: String!) {
  signIn(message: $message, signature: $signature) {
    session { id expiresAt }
    accessToken
    refreshToken
    refreshFrom
  }
}`;
const variables = { message, signature: await wallet.signMessage(message) };
console.log(JSON.stringify({ query, variables }));
