import { isKeccak256, KECCAK_256, type Keccak256 } from './keccak-256.js';
import {
  PUBLIC_KEY_RECOVERY,
  recoversPublicKeys,
  type RecoverPublicKey,
} from './public-key-recovery.js';

/** What the signature of an account is verified with. */
export interface Primitives {
  readonly keccak256: Keccak256;
  readonly recoverPublicKey: RecoverPublicKey;
  /** Which implementation each of them is, for the log. */
  readonly implementations: { readonly keccak256: string; readonly recoverPublicKey: string };
}

let loaded: Promise<Primitives> | undefined;

/** The fastest implementations that work on this machine, chosen once in the life of the process. */
export function loadPrimitives(): Promise<Primitives> {
  loaded ??= choosePrimitives();
  return loaded;
}

/** Chooses among these implementations, in their order. */
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
export interface Implementation<Computed> {
  readonly name: string;
  /** Imports what it needs, which no other implementation does. Rejects where it cannot be had: not installed, not built for this machine, no WebAssembly. */
  readonly load: () => Promise<Computed>;
}

interface Working<Computed> {
  readonly name: string;
  readonly compute: Computed;
}

/**
 * The first implementation that loads here and gives the known answer: a build that is there but
 * broken is as good as none.
 * @throws Error where none does
 */
async function selectImplementation<Computed>(
  implementations: readonly Implementation<Computed>[],
  givesKnownAnswer: (compute: Computed) => boolean | Promise<boolean>,
): Promise<Working<Computed>> {
  const reasons: unknown[] = [];
  for (const { name, load } of implementations) {
    try {
      const compute = await load();
      if (await givesKnownAnswer(compute)) return { name, compute };
      reasons.push(new Error(`${name} does not give the known answer`));
    } catch (reason) {
      reasons.push(reason);
    }
  }
  throw new AggregateError(reasons, 'No implementation of a signature primitive works here.');
}
