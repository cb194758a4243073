import { verifyMessage } from 'ethers';
import type { SignInMessage } from './message.js';

/** Whether the signature is one of the message by the account that the message names. */
export type VerifySignature = (message: SignInMessage, signature: string) => Promise<boolean>;

/** 64 bytes (EIP-2098), or 65 with a recovery id of 0, 1, 27 or 28. */
const SIGNATURE = /^0x(?:[0-9a-f]{128}|[0-9a-f]{128}(?:00|01|1b|1c))$/i;

/** Signatures of accounts with a key of their own (EIP-191 `personal_sign`, secp256k1). */
export const verifyAccountSignature: VerifySignature = ({ text, address }, signature) => {
  if (!SIGNATURE.test(signature)) return Promise.resolve(false);
  try {
    return Promise.resolve(verifyMessage(text, signature) === address);
  } catch {
    // No point on the curve, or a non-canonical s (EIP-2). The error quotes the signature: drop it.
    return Promise.resolve(false);
  }
};
