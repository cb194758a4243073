/** Bitcoin's alphabet, which Solana uses: without 0, I, O and l. */
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

const VALUES = new Map(Array.from(ALPHABET, (character, value) => [character, value]));

/**
 * Decodes base58 text of exactly `length` bytes; `undefined` for any other text. Each value has one text: a leading zero
 * byte is one `1`.
 */
export function decodeBase58(text: string, length: number): Buffer | undefined {
  // 58 is more than 2^5.8: longer texts have more bytes, and the work grows with the square of the length.
  if (text.length > Math.ceil((length * 8) / 5.8)) return undefined;
  const bytes = Buffer.alloc(length);
  for (const character of text) {
    let carry = VALUES.get(character);
    if (carry === undefined) return undefined;
    for (let place = length - 1; place >= 0; place -= 1) {
      carry += (bytes[place] ?? 0) * 58;
      bytes[place] = carry & 0xff;
      carry >>= 8;
    }
    if (carry > 0) return undefined;
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const ones = /^1*/.exec(text)?.[0].length ?? 0;
  return ones === (zeros === -1 ? length : zeros) ? bytes : undefined;
}

/** Encodes bytes as base58 text. */
export function encodeBase58(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let place = 0; place < digits.length; place += 1) {
      carry += (digits[place] ?? 0) * 256;
      digits[place] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const ones = '1'.repeat(zeros === -1 ? bytes.length : zeros);
  return (
    ones +
    digits
      .reverse()
      .map((digit) => ALPHABET.charAt(digit))
      .join('')
  );
}
