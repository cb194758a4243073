/** What a signature ends with that brings the call to deploy its wallet (EIP-6492). */
const MAGIC = '6492'.repeat(16);

/** The length of a word in hexadecimal digits. */
const WORD = 64;

/** @param digits a signature, in lower-case hexadecimal digits without 0x */
export function isCounterfactual(digits: string): boolean {
  return digits.endsWith(MAGIC);
}

/**
 * Whether the validator can read the signature as (address factory, bytes factoryCalldata, bytes signature). The
 * bounds are those that the decoder of Solidity checks: whatever it reads is well-formed here.
 * @param digits a signature that {@link isCounterfactual}
 */
export function isWellFormed(digits: string): boolean {
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
