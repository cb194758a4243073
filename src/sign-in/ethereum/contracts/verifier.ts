import { networkOfSource } from '../../../rate-limits/network.js';
import { loadPrimitives, type Primitives } from '../primitives/load.js';
import { personalDigest, type VerifyContractSignature } from '../signature.js';
import { wordsThenBytes } from './abi.js';
import { isCounterfactual, isWellFormed } from './counterfactual.js';
import type { EthCall } from './eth-call.js';
import { ERC_6492_VALIDATOR } from './erc-6492-validator.js';

/**
 * In bytes. More than wallets with several owners, or with a passkey and a factory's call, need; little
 * enough to send to an RPC without harm.
 */
export const MAX_CONTRACT_SIGNATURE_LENGTH = 8192;

const SIGNATURE = new RegExp(`^0x((?:[0-9a-f]{2}){1,${MAX_CONTRACT_SIGNATURE_LENGTH}})$`, 'i');

/** `isValidSignature(bytes32,bytes)`, and what it returns for a signature that is valid (EIP-1271). */
const IS_VALID_SIGNATURE = '1626ba7e';
const IS_VALID = `0x${IS_VALID_SIGNATURE.padEnd(64, '0')}`;

/**
 * Verifies signatures of wallets that are contracts on the chain of `ethCall`: a deployed one is asked
 * itself (EIP-1271); one that is yet to be deployed is deployed and asked within one call that leaves
 * nothing behind (EIP-6492).
 *
 * Only the exact answer counts. Whatever else comes back, from a contract or from something that is none,
 * is a signature that is not valid: an address that echoes its input (the precompile 0x04) begins its
 * answer with the bytes that stand for "valid", too.
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` from the function
 */
export function createContractVerifier(
  ethCall: EthCall,
  primitives: Promise<Primitives> = loadPrimitives(),
): VerifyContractSignature {
  return async ({ text, address }, signature, source) => {
    const digits = SIGNATURE.exec(signature)?.[1]?.toLowerCase();
    if (digits === undefined) return false;
    // The validator reverts at one that it cannot read: no node needs to be asked.
    if (isCounterfactual(digits) && !isWellFormed(digits)) return false;
    const network = networkOfSource(source);
    const { keccak256 } = await primitives;
    const digest = Buffer.from(personalDigest(keccak256, text)).toString('hex');
    if (isCounterfactual(digits)) {
      const account = address.slice(2).toLowerCase();
      const code = ERC_6492_VALIDATOR + wordsThenBytes([account, digest], digits);
      return (await ethCall({ data: code }, network)) === '0x01';
    }
    const data = `0x${IS_VALID_SIGNATURE}${wordsThenBytes([digest], digits)}`;
    return (await ethCall({ to: address, data }, network)) === IS_VALID;
  };
}
