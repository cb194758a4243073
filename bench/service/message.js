import { ORIGIN } from './start.js';

/** An EIP-4361 message as an application of a peer would write it. */
export function signInMessage({ address }, nonce, now = Date.now()) {
  return `app.example.com wants you to sign in with your Ethereum account:
${address}

Sign in to the example.

URI: ${ORIGIN}
Version: 1
Chain ID: 1
Nonce: ${nonce}
Issued At: ${new Date(now).toISOString()}
Expiration Time: ${new Date(now + 5 * 60_000).toISOString()}`;
}
