import { networkOfSource } from '../../../rate-limits/network.js';
import { loadPrimitives, type Primitives } from '../primitives.js';
import { personalDigest, type VerifyContractSignature } from '../signature.js';
import { ERC_6492_VALIDATOR } from './erc-6492-validator.js';
import { addressOf } from '../../../accounts/account-id.js';

/**
 * Bytes. Enough for wallets with several owners, or with a passkey and the call of a factory, and small enough to send to
 * an RPC.
 */
export const MAX_CONTRACT_SIGNATURE_LENGTH = 8192;

/** Includes the empty signature `0x`, which a Safe accepts if its owners have approved the message on chain. */
const SIGNATURE = new RegExp(`^0x((?:[0-9a-f]{2}){0,${MAX_CONTRACT_SIGNATURE_LENGTH}})$`, 'i');

/** The selector of `isValidSignature(bytes32,bytes)`, and its result for a valid signature (EIP-1271). */
const IS_VALID_SIGNATURE = '1626ba7e';
const IS_VALID = `0x${IS_VALID_SIGNATURE.padEnd(64, '0')}`;

/**
 * Creates a verifier of signatures of contract wallets on the chain of `ethCall`. It asks a deployed contract (EIP-1271).
 * A contract that is not deployed yet is deployed and asked within one call, which changes nothing (EIP-6492).
 *
 * A signature is valid only if the whole result matches. A prefix would not suffice: the result of a contract that echoes
 * its input (the precompile 0x04) also begins with the bytes for "valid".
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` from the function
 */
export function createContractVerifier(
  ethCall: EthCall,
  primitives: Promise<Primitives> = loadPrimitives(),
): VerifyContractSignature {
  return async ({ text, account }, signature, source) => {
    const address = addressOf(account);
    const digits = SIGNATURE.exec(signature)?.[1]?.toLowerCase();
    if (digits === undefined) return false;
    // The validator would revert, so no call is needed.
    if (isCounterfactual(digits) && !isWellFormed(digits)) return false;
    const network = networkOfSource(source);
    const { keccak256 } = await primitives;
    const digest = Buffer.from(personalDigest(keccak256, text)).toString('hex');
    if (isCounterfactual(digits)) {
      const wallet = address.slice(2).toLowerCase();
      const code = ERC_6492_VALIDATOR + wordsThenBytes([wallet, digest], digits);
      return (await ethCall({ data: code }, network)) === '0x01';
    }
    const data = `0x${IS_VALID_SIGNATURE}${wordsThenBytes([digest], digits)}`;
    return (await ethCall({ to: address, data }, network)) === IS_VALID;
  };
}

/** The end of a signature that contains the call to deploy its wallet (EIP-6492). */
const MAGIC = '6492'.repeat(16);

/** The length of a word in hexadecimal digits. */
const WORD = 64;

/** @param digits a signature, in lower-case hexadecimal digits without 0x */
function isCounterfactual(digits: string): boolean {
  return digits.endsWith(MAGIC);
}

/**
 * Whether the validator can read the signature as (address factory, bytes factoryCalldata, bytes signature). The
 * bounds are those of the decoder of Solidity, so everything that it accepts is well-formed here.
 * @param digits a signature that {@link isCounterfactual}
 */
function isWellFormed(digits: string): boolean {
  return wordAt(digits, 0).startsWith('0'.repeat(24)) && [1, 2].every((i) => hasBytes(digits, i));
}

/** Whether argument `index` is the offset of a length that is followed by that many bytes. */
function hasBytes(digits: string, index: number): boolean {
  const start = Number(`0x${wordAt(digits, index * WORD)}`) * 2;
  const length = wordAt(digits, start);
  return length !== '' && start + WORD + Number(`0x${length}`) * 2 <= digits.length;
}

/** Returns the word that begins there, or `''` if the digits end within it. */
function wordAt(digits: string, start: number): string {
  const word = digits.slice(start, start + WORD);
  return word.length === WORD ? word : '';
}

// The functions below encode values in the Solidity ABI, as hexadecimal digits without 0x.

/** Encodes an address, a number or a whole word as one word of 32 bytes. */
export function word(digits: string): string {
  return digits.padStart(64, '0');
}

/** Encodes the tail of a dynamic `bytes`: its length, then its bytes, padded to whole words. */
export function bytes(digits: string): string {
  const length = digits.length / 2;
  return word(length.toString(16)) + digits.padEnd(Math.ceil(length / 32) * 64, '0');
}

/** Encodes the arguments of a function or constructor whose last one is a dynamic `bytes`. */
function wordsThenBytes(words: readonly string[], last: string): string {
  const offset = (words.length + 1) * 32;
  return [...words, offset.toString(16)].map(word).join('') + bytes(last);
}

/** A message call that changes nothing. Without `to`, `data` runs as the code of a new contract. */
export interface ContractCall {
  readonly to?: string | undefined;
  /** `0x` and hexadecimal digits. */
  readonly data: string;
}

/**
 * Runs a call on the latest block of one chain. Resolves to its result, as `0x` and lower-case hexadecimal digits, or to
 * `undefined` if it reverted or the EVM aborted it.
 * @param network the network of the client, from `networkOfSource`. Its concurrent calls are limited
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` if there is no result
 */
export type EthCall = (call: ContractCall, network: string) => Promise<string | undefined>;
