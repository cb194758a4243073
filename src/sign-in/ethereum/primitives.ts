/** The cryptographic functions that verify signatures of accounts. */
export interface Primitives {
  readonly keccak256: Keccak256;
  readonly recoverPublicKey: RecoverPublicKey;
  /** The names of the implementations, for the log. */
  readonly implementations: { readonly keccak256: string; readonly recoverPublicKey: string };
}

let loaded: Promise<Primitives> | undefined;

/** Resolves to the fastest implementations that work on this machine, which are chosen once per process. */
export function loadPrimitives(): Promise<Primitives> {
  loaded ??= choosePrimitives();
  return loaded;
}

/** Chooses the first of the implementations that work. */
export async function choosePrimitives(
  recoveries = PUBLIC_KEY_RECOVERY,
  keccaks = KECCAK_256,
): Promise<Primitives> {
  const [recovery, keccak] = await Promise.all([
    selectImplementation(recoveries, recoversPublicKeys),
    selectImplementation(keccaks, isKeccak256),
  ]);
  return {
    keccak256: keccak.compute,
    recoverPublicKey: recovery.compute,
    implementations: { keccak256: keccak.name, recoverPublicKey: recovery.name },
  };
}

/** One of several ways to compute the same function. */
interface Implementation<Computed> {
  readonly name: string;
  /**
   * Imports the packages that only this implementation needs. Rejects if the machine cannot run it: the package is not
   * installed or not built for the machine, or there is no WebAssembly.
   */
  readonly load: () => Promise<Computed>;
}

interface Working<Computed> {
  readonly name: string;
  readonly compute: Computed;
}

/**
 * Resolves to the first implementation that loads and computes the known answer. Skips broken builds.
 * @throws AggregateError if no implementation works
 */
async function selectImplementation<Computed>(
  implementations: readonly Implementation<Computed>[],
  computesKnownAnswer: (compute: Computed) => boolean | Promise<boolean>,
): Promise<Working<Computed>> {
  const reasons: unknown[] = [];
  for (const { name, load } of implementations) {
    try {
      const compute = await load();
      if (await computesKnownAnswer(compute)) return { name, compute };
      reasons.push(new Error(`${name} does not compute the known answer`));
    } catch (reason) {
      reasons.push(reason);
    }
  }
  throw new AggregateError(reasons, 'No implementation of a signature primitive works here.');
}

/** Keccak-256 of Ethereum, whose padding differs from SHA-3. Returns 32 bytes. */
export type Keccak256 = (bytes: Uint8Array) => Uint8Array;

/** Implementations of Keccak-256, the fastest first. */
export const KECCAK_256: readonly Implementation<Keccak256>[] = [
  {
    name: 'WebAssembly',
    async load() {
      const { createKeccak } = await import('hash-wasm');
      const hasher = await createKeccak(256);
      return (bytes) => hasher.init().update(bytes).digest('binary');
    },
  },
  { name: 'JavaScript', load: async () => (await import('@noble/hashes/sha3.js')).keccak_256 },
];

/** The hash of no bytes, which stands for "no code" in the state of Ethereum. */
const HASH_OF_NOTHING = 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';

function isKeccak256(keccak256: Keccak256): boolean {
  return Buffer.from(keccak256(new Uint8Array())).toString('hex') === HASH_OF_NOTHING;
}

/**
 * Recovers the public key (65 bytes, uncompressed) that made the signature (r and s, 64 bytes) of the digest (32 bytes), or
 * `undefined` if there is none (SEC 1, section 4.1.6). A slow implementation works in steps and returns a promise.
 */
type RecoverPublicKey = (
  digest: Uint8Array,
  signature: Uint8Array,
  recoveryId: 0 | 1,
) => PublicKey | Promise<PublicKey>;

type PublicKey = Uint8Array | undefined;

/** The used part of the package `secp256k1`, whose own types combine its JavaScript and native parts. */
interface Secp256k1Bindings {
  ecdsaRecover(
    signature: Uint8Array,
    recoveryId: number,
    digest: Uint8Array,
    compressed: boolean,
  ): Uint8Array;
}

// Not a literal in the import, so that compilers and bundlers do not resolve the optional package.
const NATIVE_BINDINGS = ['secp256k1', 'bindings.js'].join('/');

/** Implementations, the fastest first: libsecp256k1, native if installed, or as WebAssembly; then audited JavaScript. */
export const PUBLIC_KEY_RECOVERY: readonly Implementation<RecoverPublicKey>[] = [
  {
    name: 'native',
    async load() {
      const { default: bindings } = (await import(NATIVE_BINDINGS)) as {
        default: Secp256k1Bindings;
      };
      return (digest, signature, recoveryId) =>
        undefinedIfThrown(() => bindings.ecdsaRecover(signature, recoveryId, digest, false));
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

/** The test vector of the `ecrecover` precompile in go-ethereum, and its key. */
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

async function recoversPublicKeys(recover: RecoverPublicKey): Promise<boolean> {
  const [digest, signature] = [
    Buffer.from(KNOWN.digest, 'hex'),
    Buffer.from(KNOWN.signature, 'hex'),
  ];
  const key = await recover(digest, signature, KNOWN.recoveryId);
  return key !== undefined && Buffer.from(key).toString('hex') === KNOWN.publicKey;
}

function undefinedIfThrown(recover: () => Uint8Array): Uint8Array | undefined {
  try {
    return recover();
  } catch {
    return undefined;
  }
}
