import { networkOfSource } from '../../../rate-limits/network.js';
import { loadPrimitives, type Primitives } from '../primitives/load.js';
import { personalDigest, type VerifyContractSignature } from '../signature.js';
import { ERC_6492_VALIDATOR } from './erc-6492-validator.js';
import { addressOf } from '../../../accounts/account-id.js';

/**
 * In bytes. More than wallets with several owners, or with a passkey and a factory's call, need; little
 * enough to send to an RPC without harm.
 */
export const MAX_CONTRACT_SIGNATURE_LENGTH = 8192;

/** Also no bytes, `0x`: a Safe whose owners have approved the message on chain says yes to that. */
const SIGNATURE = new RegExp(`^0x((?:[0-9a-f]{2}){0,${MAX_CONTRACT_SIGNATURE_LENGTH}})$`, 'i');

/** `isValidSignature(bytes32,bytes)`, and what it returns for a signature that is valid (EIP-1271). */
const IS_VALID_SIGNATURE = '1626ba7e';
const IS_VALID = `0x${IS_VALID_SIGNATURE.padEnd(64, '0')}`;

/**
 * Verifies signatures of wallets that are contracts on the chain of `ethCall`: a deployed one is asked
 * itself (EIP-1271); one that is yet to be deployed is deployed and asked within one call that leaves
 * nothing behind (EIP-6492).
 *
 * Only the exact answer makes a signature valid. A prefix of it would not be enough: an address that echoes its input
 * (the precompile 0x04) also begins its answer with the bytes that stand for "valid".
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
    // The validator reverts at one that it cannot read: no node needs to be asked.
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

/** What a signature ends with that brings the call to deploy its wallet (EIP-6492). */
const MAGIC = '6492'.repeat(16);

/** The length of a word in hexadecimal digits. */
const WORD = 64;

/** @param digits a signature, in lower-case hexadecimal digits without 0x */
function isCounterfactual(digits: string): boolean {
  return digits.endsWith(MAGIC);
}

/**
 * Whether the validator can read the signature as (address factory, bytes factoryCalldata, bytes signature). The
 * bounds are those that the decoder of Solidity checks: whatever it reads is well-formed here.
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

/** The word that begins there, or nothing where the digits end before it does. */
function wordAt(digits: string, start: number): string {
  const word = digits.slice(start, start + WORD);
  return word.length === WORD ? word : '';
}

/** Values as the ABI of Solidity lays them out, in hexadecimal digits without 0x. */

/** One word of 32 bytes with the digits at its end: addresses, numbers and whole words. */
export function word(digits: string): string {
  return digits.padStart(64, '0');
}

/** The tail of a dynamic `bytes`: its length, then its bytes, filled up to whole words. */
export function bytes(digits: string): string {
  const length = digits.length / 2;
  return word(length.toString(16)) + digits.padEnd(Math.ceil(length / 32) * 64, '0');
}

/** The arguments of a function or constructor whose last one is a dynamic `bytes`. */
function wordsThenBytes(words: readonly string[], last: string): string {
  const offset = (words.length + 1) * 32;
  return [...words, offset.toString(16)].map(word).join('') + bytes(last);
}

/** A message call that changes nothing. Without `to`, `data` is run as the code of a new contract. */
export interface ContractCall {
  readonly to?: string | undefined;
  /** 0x and hexadecimal digits. */
  readonly data: string;
}

/**
 * Runs a call on the latest block of one chain. Resolves with what it returned, as 0x and lower-case
 * hexadecimal digits, or with `undefined` where it reverted or the EVM aborted it.
 * @param network who has it run, as `networkOfSource` names them: what one network may have run at once is limited
 * @throws WalletSessionsError `WALLET_VERIFICATION_UNAVAILABLE` where nothing can be said
 */
export type EthCall = (call: ContractCall, network: string) => Promise<string | undefined>;
