import { randomBytes } from 'node:crypto';
import { Signature, verifyMessage } from 'ethers';
import { parseEthereumMessage } from '../../src/sign-in/ethereum/message.js';
import type { SignInMessage } from '../../src/sign-in/kind.js';
import {
  choosePrimitives,
  KECCAK_256,
  loadPrimitives,
  PUBLIC_KEY_RECOVERY,
} from '../../src/sign-in/ethereum/primitives.js';
import { createAccountVerifier } from '../../src/sign-in/ethereum/signature.js';
import { aMessage } from '../harness/sign-in-message.js';
import { aWallet } from '../harness/wallet.js';

/** The order of secp256k1. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const hex = (value: bigint) => value.toString(16).padStart(64, '0');

/** The machines for which the package `secp256k1` ships prebuilt native code. */
const PREBUILT = ['linux-x64', 'darwin-arm64', 'win32-x64'];
const native = PREBUILT.includes(`${process.platform}-${process.arch}`);

/** All implementations of recovery and Keccak-256, which must decide alike. */
const [keccakInWebAssembly, keccakInJavaScript] = KECCAK_256;
const IMPLEMENTATIONS = PUBLIC_KEY_RECOVERY.filter(({ name }) => native || name !== 'native').map(
  (recovery) => ({
    recovery,
    keccak: recovery.name === 'JavaScript' ? keccakInJavaScript : keccakInWebAssembly,
  }),
);

const strangers = Array.from({ length: 20 }, () => aWallet());

describe.each(IMPLEMENTATIONS)(
  'verification with $recovery.name recovery and $keccak.name Keccak-256',
  ({ recovery, keccak }) => {
    const verify = createAccountVerifier(choosePrimitives([recovery], keccak && [keccak]));
    const wallet = aWallet();
    const message = parseEthereumMessage(aMessage(wallet, 'abcdefgh12345678', Date.now()));
    let signature: string;

    beforeAll(async () => {
      signature = await wallet.sign(message.text);
    });

    it('accepts a signature of `ethers` in each form that wallets use', async () => {
      const { r, s, yParity, compactSerialized } = Signature.from(signature);
      const forms = [
        signature,
        signature.toUpperCase().replace('0X', '0x'),
        `${r}${s.slice(2)}0${yParity}`,
        compactSerialized,
      ];
      for (const form of forms) expect(await verify(message, form)).toBe(true);
    });

    it.each([0, 1, 55, 56, 135, 136, 137, 300, 4096])(
      'hashes a text of %i characters as `personal_sign` does',
      async (length) => {
        const text = 'x'.repeat(length);
        const signed = await wallet.sign(text);
        expect(await verify({ ...message, text }, signed)).toBe(true);
        expect(await verify({ ...message, text: `${text}x` }, signed)).toBe(false);
      },
    );

    it('recovers the same account as `ethers` for other wallets and for random signatures', async () => {
      for (const stranger of strangers) {
        const signed = await stranger.sign(message.text);
        expect(await verify(by(stranger.address), signed)).toBe(true);
        expect(await verify(message, signed)).toBe(false);

        const made = `0x${randomBytes(64).toString('hex')}1b`;
        const signatory = recoveredByEthers(message.text, made);
        if (signatory !== undefined) expect(await verify(by(signatory), made)).toBe(true);
      }
    });

    it('refuses a signature with the other s of the curve, with either recovery id (EIP-2)', async () => {
      const { r, s } = Signature.from(signature);
      const other = hex(N - BigInt(s));
      for (const v of ['00', '01', '1b', '1c']) {
        expect(await verify(message, `${r}${other}${v}`)).toBe(false);
      }
    });

    it('refuses a compact signature with an s above half the order (EIP-2098)', async () => {
      const { r } = Signature.from(signature);
      for (const parity of [0n, 1n << 255n]) {
        expect(await verify(message, `${r}${hex((N / 2n + 1n) | parity)}`)).toBe(false);
      }
    });

    it.each([
      ['r of 0', 0n, 1n],
      ['s of 0', 1n, 0n],
      ['r of the order', N, 1n],
      ['r above the order', 2n ** 256n - 1n, 1n],
      ['s of the order', 1n, N],
      // No point on the curve has an x of 5.
      ['r that is no x of a point', 5n, 1n],
    ])('refuses a signature with an %s, without throwing an error', async (_what, r, s) => {
      for (const v of ['00', '01', '1b', '1c']) {
        expect(await verify(message, `0x${hex(r)}${hex(s)}${v}`)).toBe(false);
      }
    });

    it.each(['02', '1a', '1d', '25', 'ff'])(
      'refuses a signature with the recovery id 0x%s',
      async (v) => {
        expect(await verify(message, signature.slice(0, -2) + v)).toBe(false);
      },
    );

    function by(address: string): SignInMessage {
      return { ...message, account: `eip155:0:${address}` };
    }
  },
);

describe('the choice of cryptographic implementations', () => {
  const fails = {
    name: 'absent',
    load: () => Promise.reject(new Error('not built for this machine')),
  };

  it('chooses the fastest implementations that can be loaded, native where it is installed', async () => {
    const { implementations } = await loadPrimitives();
    expect(implementations).toEqual({
      recoverPublicKey: native ? 'native' : 'WebAssembly',
      keccak256: 'WebAssembly',
    });
  });

  it('chooses JavaScript implementations when no others can be loaded', async () => {
    const [, , javascript] = PUBLIC_KEY_RECOVERY;
    const recoveries = [fails, fails, javascript].filter((each) => each !== undefined);
    const { implementations } = await choosePrimitives(recoveries, [
      fails,
      ...KECCAK_256.slice(-1),
    ]);
    expect(implementations).toEqual({ recoverPublicKey: 'JavaScript', keccak256: 'JavaScript' });
  });

  it('lets the event loop turn between the steps of a verification in JavaScript', async () => {
    const verify = createAccountVerifier(
      choosePrimitives(PUBLIC_KEY_RECOVERY.slice(-1), KECCAK_256.slice(-1)),
    );
    const wallet = aWallet();
    const message = parseEthereumMessage(aMessage(wallet, 'abcdefgh12345678', Date.now()));
    const signature = await wallet.sign(message.text);
    await verify(message, signature);

    let turns = 0;
    let verifying = true;
    const count = () => {
      turns += 1;
      if (verifying) setImmediate(count);
    };
    setImmediate(count);
    await verify(message, signature);
    verifying = false;
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  it('does not choose an implementation that returns wrong results', async () => {
    const wrong = { name: 'wrong', load: () => Promise.resolve(() => new Uint8Array(65)) };
    const { implementations } = await choosePrimitives(
      [wrong, ...PUBLIC_KEY_RECOVERY],
      [wrong, ...KECCAK_256],
    );
    expect(Object.values(implementations)).not.toContain('wrong');
  });

  it('rejects with the cause of each failure when no implementation can be loaded', async () => {
    await expect(choosePrimitives([fails, fails])).rejects.toMatchObject({
      errors: [
        { message: 'not built for this machine' },
        { message: 'not built for this machine' },
      ],
    });
  });
});

function recoveredByEthers(text: string, signature: string): string | undefined {
  try {
    return verifyMessage(text, signature);
  } catch {
    return undefined;
  }
}
