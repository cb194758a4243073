/** How the accounts of one CAIP-2 namespace are named. */
export interface Namespace {
  /** As it stands in names: `eip155`. */
  readonly name: string;
  /** Reads the reference of a chain and returns its canonical form; `undefined` for a text that names none. */
  readReference(text: string): string | undefined;
  /** Reads an address and returns its canonical form; `undefined` for any other text. */
  readAddress(text: string): string | undefined;
}

/** A namespace of this package. Its further rules apply wherever an account is named. */
export interface KnownNamespace extends Namespace {
  /** The reference in the name of an account that is the same on every chain. Default: no account is. */
  readonly everywhere?: string | undefined;
  /** Whether two addresses that differ in case alone are one. Default false. */
  readonly ignoresCase?: boolean | undefined;
}
