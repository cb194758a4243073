import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { hashMessage, Wallet } from 'ethers';
import { encodeBase58 } from '../../dist/accounts/base58.js';
import secp256k1 from 'secp256k1';

/**
 * The same wallets in every run. They sign natively, so that thousands of signatures are made in little
 * time before a measurement; that is the client's work and never part of one.
 */
export function makeWallets(count) {
  return Array.from({ length: count }, (_none, index) => {
    const key = Buffer.alloc(32);
    key.writeUInt32BE(index + 1, 28);
    const { address } = new Wallet(`0x${key.toString('hex')}`);
    return {
      address,
      account: `eip155:0:${address}`,
      sign: (message) => personalSign(key, message),
    };
  });
}

/** What stands before an ed25519 private key in its PKCS #8 (RFC 8410). */
const PKCS_8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The same for Solana, on mainnet. */
export function makeSolanaWallets(count) {
  return Array.from({ length: count }, (_none, index) => {
    const seed = Buffer.alloc(32);
    seed.writeUInt32BE(index + 1, 28);
    const key = createPrivateKey({
      key: Buffer.concat([PKCS_8, seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const { x } = createPublicKey(key).export({ format: 'jwk' });
    const address = encodeBase58(Buffer.from(x, 'base64url'));
    return {
      address,
      account: `solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:${address}`,
      sign: (message) => encodeBase58(sign(null, Buffer.from(message), key)),
    };
  });
}

/** EIP-191: r, s and v, as a wallet gives them. */
function personalSign(key, message) {
  const digest = Buffer.from(hashMessage(message).slice(2), 'hex');
  const { signature, recid } = secp256k1.ecdsaSign(digest, key);
  return `0x${Buffer.from(signature).toString('hex')}${(27 + recid).toString(16)}`;
}
