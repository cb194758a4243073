import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account-id.js';
import { encodeBase58 } from '../../src/accounts/base58.js';

export const SOLANA = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

/** A Solana wallet with a new key that makes real signatures. */
export interface TestSolanaWallet {
  readonly publicKey: Buffer;
  readonly address: string;
  /** On mainnet. */
  readonly account: AccountId;
  /** Signs a text as `signMessage` of a wallet does, in base58. */
  sign(text: string): string;
  signBytes(bytes: Uint8Array): Buffer;
}

export function aSolanaWallet(): TestSolanaWallet {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return fromKeys(publicKey, privateKey);
}

function fromKeys(publicKey: KeyObject, privateKey: KeyObject): TestSolanaWallet {
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const address = encodeBase58(bytes);
  const signBytes = (signed: Uint8Array) => sign(null, signed, privateKey);
  return {
    publicKey: bytes,
    address,
    account: `${SOLANA}:${address}`,
    sign: (text) => encodeBase58(signBytes(Buffer.from(text))),
    signBytes,
  };
}

/** The bytes of an off-chain message of version 0 or 1 as hexadecimal text, with any number of signers. */
export function offChainMessage(
  version: number,
  signers: readonly Uint8Array[],
  text: string,
  { format = 0, length = Buffer.byteLength(text), domain = Buffer.alloc(32) } = {},
): string {
  const content = Buffer.from(text);
  const head = [Buffer.from('\xffsolana offchain', 'latin1'), Buffer.from([version])];
  const signatories = [Buffer.from([signers.length]), ...signers];
  const size = Buffer.from([length & 0xff, length >> 8]);
  const parts =
    version === 0
      ? [...head, domain, Buffer.from([format]), ...signatories, size, content]
      : [...head, ...signatories, content];
  return `0x${Buffer.concat(parts).toString('hex')}`;
}
