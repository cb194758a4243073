import { randomBytes } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeBase58 } from '../../src/accounts/base58.js';
import type { SignInMessage } from '../../src/sign-in/kind.js';
import { verifySolanaSignature } from '../../src/sign-in/solana/signature.js';
import { aSolanaWallet, SOLANA } from '../harness/solana-wallet.js';

/** The order of the base point. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const P = 2n ** 255n - 19n;

const TEXT = 'Sign in.';

const messageBy = (publicKey: Uint8Array, text = TEXT) =>
  ({ text, account: `${SOLANA}:${encodeBase58(publicKey)}` }) as SignInMessage;
const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString('hex')}`;
const verify = (publicKey: Uint8Array, signature: Uint8Array) =>
  verifySolanaSignature(messageBy(publicKey), hex(signature));

const littleEndian = (value: bigint) =>
  Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();
const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

/** The encodings of all points of small order: y, with each sign, and y + p where that fits. */
const SMALL = ed25519.Point.fromHex(
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
);
const SMALL_ORDER = Array.from({ length: 8 }, (_, index) =>
  index === 0 ? ed25519.Point.ZERO : SMALL.multiplyUnsafe(BigInt(index)),
).flatMap((point) => {
  const bytes = point.toBytes();
  const y = numberOf(bytes) & (2n ** 255n - 1n);
  const forms = y + P < 2n ** 255n ? [y, y + P] : [y];
  return forms.flatMap((form) => [littleEndian(form), littleEndian(form | (1n << 255n))]);
});

describe('verifying the signature of a Solana account', () => {
  const wallet = aSolanaWallet();
  const signature = wallet.signBytes(Buffer.from(TEXT));

  it('decides as the strict verification of `@noble/curves` does, also for signatures and keys of random bytes', async () => {
    for (let count = 0; count < 60; count += 1) {
      const signer = aSolanaWallet();
      const [good, text] = [signer.signBytes(Buffer.from(TEXT)), Buffer.from(TEXT)];
      const changed = Buffer.from(good);
      const place = count % 64;
      changed.writeUInt8(changed.readUInt8(place) ^ (1 << (count % 8)), place);
      for (const [key, signed] of [
        [signer.publicKey, good],
        [signer.publicKey, changed],
        [wallet.publicKey, good],
        [randomBytes(32), good],
      ] as const) {
        let expected = false;
        try {
          expected = ed25519.verify(signed, text, key, { zip215: false });
        } catch {
          // The key is no point.
        }
        expect(await verify(key, signed)).toBe(expected);
      }
    }
  });

  it('accepts base58 of 64 bytes, and hexadecimal digits in either case', async () => {
    const message = messageBy(wallet.publicKey);
    expect(await verifySolanaSignature(message, encodeBase58(signature))).toBe(true);
    expect(await verifySolanaSignature(message, hex(signature))).toBe(true);
    const upper = `0x${hex(signature).slice(2).toUpperCase()}`;
    expect(await verifySolanaSignature(message, upper)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['0x', '0x'],
    ['hexadecimal digits without 0x', hex(signature).slice(2)],
    ['a byte less', hex(signature).slice(0, -2)],
    ['a byte more', `${hex(signature)}00`],
    ['a blank after base58', `${encodeBase58(signature)} `],
    ['a leading 1', `1${encodeBase58(signature)}`],
    ['base64', signature.toString('base64')],
  ])('refuses a signature in another form: %s', async (_what, given) => {
    expect(await verifySolanaSignature(messageBy(wallet.publicKey), given)).toBe(false);
  });

  it('refuses the second form of a signature, with S plus the order (RFC 8032 §5.1.7)', async () => {
    const s = numberOf(signature.subarray(32));
    const second = Buffer.concat([signature.subarray(0, 32), littleEndian(s + L)]);
    expect(await verify(wallet.publicKey, second)).toBe(false);
    expect(await verify(wallet.publicKey, signature)).toBe(true);
  });

  it('refuses every key of small order, by which anybody can sign', async () => {
    expect(SMALL_ORDER.length).toBeGreaterThanOrEqual(14);
    for (const key of SMALL_ORDER) {
      // With S = 0 and R of small order, the equation holds for some texts whatever they say.
      for (const r of SMALL_ORDER) {
        expect(await verify(key, Buffer.concat([r, Buffer.alloc(32)]))).toBe(false);
      }
    }
  });

  it('refuses a key with a second encoding, and bytes that are no point', async () => {
    for (const y of [P, P + 1n, P + 18n, 2n]) {
      expect(await verify(littleEndian(y), signature)).toBe(false);
    }
  });
});
