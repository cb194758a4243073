import { hashMessage, Wallet } from 'ethers';
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
    return { address, sign: (message) => personalSign(key, message) };
  });
}

/** EIP-191: r, s and v, as a wallet gives them. */
function personalSign(key, message) {
  const digest = Buffer.from(hashMessage(message).slice(2), 'hex');
  const { signature, recid } = secp256k1.ecdsaSign(digest, key);
  return `0x${Buffer.from(signature).toString('hex')}${(27 + recid).toString(16)}`;
}
