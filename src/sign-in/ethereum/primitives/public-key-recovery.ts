import type { Implementation } from './implementation.js';

/**
 * The public key (65 bytes, uncompressed) that made the signature (r and s, 64 bytes) of the digest
 * (32 bytes), or `undefined` where there is none (SEC 1, section 4.1.6). At once, or, where that takes long, in
 * steps.
 */
export type RecoverPublicKey = (
  digest: Uint8Array,
  signature: Uint8Array,
  recoveryId: 0 | 1,
) => PublicKey | Promise<PublicKey>;

type PublicKey = Uint8Array | undefined;

/** What is used of the package `secp256k1`, whose types are of its JavaScript and native parts at once. */
interface Secp256k1Bindings {
  ecdsaRecover(
    signature: Uint8Array,
    recoveryId: number,
    digest: Uint8Array,
    compressed: boolean,
  ): Uint8Array;
}

// Not a literal in the import, because the package is optional: no compiler or bundler is to look for it.
const NATIVE_BINDINGS = ['secp256k1', 'bindings.js'].join('/');

/** libsecp256k1, natively where the application installed it, else as WebAssembly; then audited JavaScript. */
export const PUBLIC_KEY_RECOVERY: readonly Implementation<RecoverPublicKey>[] = [
  {
    name: 'native',
    async load() {
      const { default: bindings } = (await import(NATIVE_BINDINGS)) as {
        default: Secp256k1Bindings;
      };
      return (digest, signature, recoveryId) =>
        unlessItThrows(() => bindings.ecdsaRecover(signature, recoveryId, digest, false));
    },
  },
  {
    name: 'WebAssembly',
    async load() {
      const { instantiateSecp256k1 } =
        await import('@bitauth/libauth/build/lib/crypto/secp256k1.js');
      const curve = await instantiateSecp256k1();
      return (digest, signature, recoveryId) => {
        const key = curve.recoverPublicKeyUncompressed(signature, recoveryId, digest);
        return typeof key === 'string' ? undefined : key;
      };
    },
  },
  {
    name: 'JavaScript',
    async load() {
      const { recoverInSteps } = await import('./recovery-in-javascript.js');
      return (digest, signature, recoveryId) =>
        recoverInSteps(digest, signature, recoveryId).catch(() => undefined);
    },
  },
];

/** The signature with which go-ethereum tests its `ecrecover` precompile, and the key behind it. */
const KNOWN = {
  digest: '456e9aea5e197a1f1af7a3e85a3212fa4049a3ba34c2289b4c860fc0b0c64ef3',
  signature:
    '9242685bf161793cc25603c231bc2f568eb630ea16aa137d2664ac8038825608' +
    '4f8ae3bd7535248d0bd448298cc2e2071e56992d0774dc340c368ae950852ada',
  recoveryId: 1,
  publicKey:
    '04f57c1d4c961024e998eaec4b6bebec90e788ef5ade22e636ce76111b60db107d' +
    '4c3404b9908a2f357c84ccb48cf412be41d09574a9291c9c7eb5173ccf2a339f',
} as const;

export async function recoversPublicKeys(recover: RecoverPublicKey): Promise<boolean> {
  const [digest, signature] = [
    Buffer.from(KNOWN.digest, 'hex'),
    Buffer.from(KNOWN.signature, 'hex'),
  ];
  const key = await recover(digest, signature, KNOWN.recoveryId);
  return key !== undefined && Buffer.from(key).toString('hex') === KNOWN.publicKey;
}

function unlessItThrows(recover: () => Uint8Array): Uint8Array | undefined {
  try {
    return recover();
  } catch {
    return undefined;
  }
}
