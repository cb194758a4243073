import type { Implementation } from './implementation.js';

/** Keccak-256 as Ethereum uses it: with the padding from before SHA-3. 32 bytes. */
export type Keccak256 = (bytes: Uint8Array) => Uint8Array;

/** The fastest first. */
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

/** Of nothing: the `keccak256("")` that stands for "no code" in Ethereum's state. */
const OF_NOTHING = 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';

export function isKeccak256(keccak256: Keccak256): boolean {
  return Buffer.from(keccak256(new Uint8Array())).toString('hex') === OF_NOTHING;
}
