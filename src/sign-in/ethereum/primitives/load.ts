import { selectImplementation } from './implementation.js';
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
