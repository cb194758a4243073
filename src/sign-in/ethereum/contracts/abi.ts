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
export function wordsThenBytes(words: readonly string[], last: string): string {
  const offset = (words.length + 1) * 32;
  return [...words, offset.toString(16)].map(word).join('') + bytes(last);
}
