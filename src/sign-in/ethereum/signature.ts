import type { ClientInfo } from '../../sessions/session.js';
import { addressOf } from '../../accounts/account-id.js';
import type { SignInMessage, VerifySignature } from '../kind.js';
import type { Keccak256 } from './primitives/keccak-256.js';
import { loadPrimitives, type Primitives } from './primitives/load.js';

/**
 * The same for a wallet that is a contract.
 * @param source who sent it: networks share what a chain can be asked at once
 */
export type VerifyContractSignature = (
  message: SignInMessage,
  signature: string,
  source: ClientInfo,
) => Promise<boolean>;

/** Wraps a verifier to observe it. `signer` tells whether it verifies signatures of accounts or of contracts. */
export type ObserveVerification = <Given extends unknown[]>(
  signer: 'account' | 'contract',
  verify: (...given: Given) => Promise<boolean>,
) => (...given: Given) => Promise<boolean>;

/** 64 bytes (EIP-2098), or 65 with a recovery id of 0, 1, 27 or 28. */
const SIGNATURE = /^0x([0-9a-f]{64})([0-9a-f]{64})(00|01|1b|1c)?$/i;

/** Half the order of secp256k1. For every signature (r, s) there is one with n − s; EIP-2 admits the lower. */
const HIGHEST_S = Buffer.from(
  '7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0',
  'hex',
);

/**
 * Verifies signatures of accounts with a key of their own: EIP-191 `personal_sign` over secp256k1, by
 * recovering the key. Starts to load what it needs when it is created.
 */
export function createAccountVerifier(
  primitives: Promise<Primitives> = loadPrimitives(),
): VerifySignature {
  return async ({ text, account }, signature) => {
    const parts = readSignature(signature);
    return (
      parts !== undefined && (await isSignedBy(await primitives, addressOf(account), text, parts))
    );
  };
}

interface SignatureParts {
  /** r and s, 32 bytes each. */
  readonly compact: Buffer;
  readonly recoveryId: 0 | 1;
}

function readSignature(signature: string): SignatureParts | undefined {
  const [, r, s, v] = SIGNATURE.exec(signature) ?? [];
  if (r === undefined || s === undefined) return undefined;
  const compact = Buffer.from(r + s, 'hex');
  let recoveryId: 0 | 1;
  if (v === undefined) {
    // EIP-2098: the highest bit of s, which no lower s has, is the recovery id.
    const highest = compact[32] ?? 0;
    recoveryId = highest >> 7 === 0 ? 0 : 1;
    compact[32] = highest & 0x7f;
  } else {
    recoveryId = v === '00' || v.toLowerCase() === '1b' ? 0 : 1;
  }
  if (compact.compare(HIGHEST_S, 0, 32, 32) > 0) return undefined;
  return { compact, recoveryId };
}

async function isSignedBy(
  { keccak256, recoverPublicKey }: Primitives,
  address: string,
  text: string,
  { compact, recoveryId }: SignatureParts,
): Promise<boolean> {
  const publicKey = await recoverPublicKey(personalDigest(keccak256, text), compact, recoveryId);
  if (publicKey === undefined) return false;
  // Without the first byte, which says that the key is uncompressed. The address is the end of the hash.
  const account = keccak256(publicKey.subarray(1)).subarray(12);
  return Buffer.from(address.slice(2), 'hex').equals(account);
}

/** What `personal_sign` signs: a hash of the text and its length (EIP-191, version 0x45). */
export function personalDigest(keccak256: Keccak256, text: string): Uint8Array {
  return keccak256(Buffer.from(`\x19Ethereum Signed Message:\n${Buffer.byteLength(text)}${text}`));
}
