/** What a walk through all sessions has found and done so far. */
export interface RotationProgress {
  /** Sessions that were looked at. */
  readonly sessions: number;
  /** Records that were encrypted anew. */
  readonly reencrypted: number;
}

/** What still needs a key that is not the current one. */
export interface RemainingUse {
  readonly keyId: string;
  /** Whether the key is in the ring. Without it, what it made is lost. */
  readonly isKnown: boolean;
  /** Sessions whose record is encrypted with it. */
  readonly records: number;
  /** Sessions whose tokens it hashes, until they are refreshed or expire. */
  readonly tokens: number;
  /** When the last of those expires, if it is not refreshed before. Milliseconds since the Unix epoch. */
  readonly tokensExpireAt: number | undefined;
}

/** What a rotation of keys came to, and which old keys are needed still. */
export interface KeyRotationReport extends RotationProgress {
  readonly currentKeyId: string;
  /** Records that no key of the ring opens: altered, or encrypted with a key that is missing. */
  readonly unreadable: number;
  /** The old keys of the ring, and every other key that a session still needs. */
  readonly others: readonly RemainingUse[];
  /**
   * Records that were encrypted with an old key after everything had been encrypted anew. Where there are
   * some, an instance does not have the new key in front yet.
   */
  readonly sealedMeanwhile: number;
}
