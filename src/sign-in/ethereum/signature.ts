import type { ClientInfo } from '../../sessions/session.js';
import { addressOf } from '../../accounts/account-id.js';
import type { SignInMessage, VerifySignature } from '../kind.js';
import { loadPrimitives, type Keccak256, type Primitives } from './primitives.js';

/**
 * Resolves to whether the contract that the message names accepts the signature.
 * @param source the client, whose network shares the calls to the chain with others
 */
export type VerifyContractSignature = (
  message: SignInMessage,
  signature: string,
  source: ClientInfo,
) => Promise<boolean>;

/** Wraps a verifier to observe it. `signer` is whether it verifies signatures of accounts or of contracts. */
export type ObserveVerification = <Given extends unknown[]>(
  signer: 'account' | 'contract',
  verify: (...given: Given) => Promise<boolean>,
) => (...given: Given) => Promise<boolean>;

/** 64 bytes (EIP-2098), or 65 with a recovery id of 0, 1, 27 or 28. */
const SIGNATURE = /^0x([0-9a-f]{64})([0-9a-f]{64})(00|01|1b|1c)?$/i;

/** Half the order of secp256k1. Every signature (r, s) has a twin with n − s; EIP-2 allows only the lower s. */
const HIGHEST_S = Buffer.from(
  '7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0',
  'hex',
);

/**
 * Creates a verifier of signatures of EOAs (EIP-191 `personal_sign`, secp256k1). It recovers the public key
 * and compares its address. Starts to load the primitives immediately.
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
    // EIP-2098: the highest bit of s, which is 0 in every lower s, is the recovery id.
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
  // The first byte marks the key as uncompressed. The address is the end of the hash.
  const account = keccak256(publicKey.subarray(1)).subarray(12);
  return Buffer.from(address.slice(2), 'hex').equals(account);
}

/** Returns the digest that `personal_sign` signs: a hash of the text and its length (EIP-191, version 0x45). */
export function personalDigest(keccak256: Keccak256, text: string): Uint8Array {
  return keccak256(Buffer.from(`\x19Ethereum Signed Message:\n${Buffer.byteLength(text)}${text}`));
}
