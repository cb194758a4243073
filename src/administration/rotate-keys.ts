import type { Clock } from '../clock.js';
import { reencryptDetails } from '../sessions/details.js';
import type { KeyRing } from '../sessions/key-ring.js';
import { keyIdOf } from '../sessions/encryption.js';
import type { PlacedRecord, RecordScanner, SessionRecord } from '../sessions/record.js';

/** The pace of a rotation, and a listener for its progress. */
export interface RotationPace {
  /** Maximum number of records that are re-encrypted per second. */
  readonly rate: number;
  /** Waits for the given number of milliseconds. */
  readonly pause: (duration: number) => Promise<unknown>;
  /** Receives the progress after each batch. */
  readonly onProgress?: ((progress: RotationProgress) => void) | undefined;
}

export interface KeyRotationOptions extends RotationPace {
  readonly scanner: RecordScanner;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

/** The number of records that are processed concurrently. */
const BATCH = 500;

/** The result for one record. */
type Outcome = 'current' | 'reencrypted' | 'unreadable' | 'changed';

/**
 * Re-encrypts with the current key every session record that was encrypted with another key of the ring, and reports what
 * still needs the other keys. No session ends, and no session that ends meanwhile is restored.
 *
 * It can be stopped at any time and repeated: records that are done are skipped. Token hashes cannot be recomputed, because
 * only clients have the tokens. A key is therefore needed until the last session whose tokens it hashed has been refreshed
 * or has expired.
 * @throws WalletSessionsError `SERVICE_UNAVAILABLE`
 */
export async function rotateKeys(options: KeyRotationOptions): Promise<KeyRotationReport> {
  const { keys } = options;
  const first = await passThrough(options);
  const isDone = first.counts.reencrypted + first.counts.changed === 0;
  // Records may have changed since they were read. Only a second scan shows how many are left.
  const last = isDone ? first : await passThrough(options, first.counts);
  return {
    currentKeyId: keys.currentId,
    sessions: last.counts.sessions,
    reencrypted: first.counts.reencrypted + (isDone ? 0 : last.counts.reencrypted),
    unreadable: last.counts.unreadable,
    others: last.tally.result(),
    encryptedMeanwhile: isDone ? 0 : last.counts.reencrypted,
  };
}

type Counts = Record<Outcome | 'sessions', number>;

async function passThrough(options: KeyRotationOptions, before?: Counts) {
  const { scanner, clock, rate, pause, onProgress } = options;
  const counts: Counts = { sessions: 0, current: 0, reencrypted: 0, unreadable: 0, changed: 0 };
  const tally = createTally(options.keys);
  for await (const batch of scanner.records(BATCH)) {
    const beganAt = clock.now();
    const living = batch.filter(({ record }) => record.expiresAt > beganAt);
    const outcomes = await Promise.all(living.map((placed) => reencrypt(options, placed, tally)));
    counts.sessions += living.length;
    for (const outcome of outcomes) counts[outcome] += 1;
    onProgress?.({
      sessions: before?.sessions ?? counts.sessions,
      reencrypted: (before?.reencrypted ?? 0) + counts.reencrypted,
    });
    const written = outcomes.filter((outcome) => outcome === 'reencrypted').length;
    const ahead = (written / rate) * 1000 - (clock.now() - beganAt);
    if (ahead > 0) await pause(ahead);
  }
  return { counts, tally };
}

async function reencrypt(
  { scanner, keys }: KeyRotationOptions,
  { partition, record }: PlacedRecord,
  tally: Tally,
): Promise<Outcome> {
  const { id, details } = record;
  if (keyIdOf(details) === keys.currentId) {
    tally.add(record);
    return 'current';
  }
  const replacement = reencryptDetails(keys, partition, record, details);
  if (replacement === undefined) {
    tally.add(record);
    return 'unreadable';
  }
  if (!(await scanner.replaceDetails(partition, id, details, replacement))) return 'changed';
  tally.add({ ...record, details: replacement });
  return 'reencrypted';
}

/** Counts what still needs each key except the current one. */
interface Tally {
  add(record: SessionRecord): void;
  result(): readonly RemainingUse[];
}

interface Use {
  records: number;
  tokens: number;
  tokensExpireAt: number | undefined;
}

function createTally(keys: KeyRing): Tally {
  const uses = new Map<string, Use>();
  const useOf = (keyId: string): Use => {
    const use = uses.get(keyId) ?? { records: 0, tokens: 0, tokensExpireAt: undefined };
    uses.set(keyId, use);
    return use;
  };
  // The report includes old keys that nothing needs any more.
  for (const keyId of keys.ids) useOf(keyId);
  return {
    add({ details, keyId, expiresAt }) {
      useOf(keyIdOf(details)).records += 1;
      const use = useOf(keyId);
      use.tokens += 1;
      use.tokensExpireAt = Math.max(use.tokensExpireAt ?? 0, expiresAt);
    },
    result: () =>
      Array.from(uses, ([keyId, use]) => ({ keyId, isKnown: keys.has(keyId), ...use })).filter(
        ({ keyId }) => keyId !== keys.currentId,
      ),
  };
}

/** The progress of a scan of all sessions. */
export interface RotationProgress {
  /** The number of scanned sessions. */
  readonly sessions: number;
  /** The number of re-encrypted records. */
  readonly reencrypted: number;
}

/** What still needs an old key. */
export interface RemainingUse {
  readonly keyId: string;
  /** Whether the key is in the ring. Without it, these records and tokens are lost. */
  readonly isKnown: boolean;
  /** The number of sessions whose record is encrypted with it. */
  readonly records: number;
  /** The number of sessions whose tokens are hashed with it, until they are refreshed or expire. */
  readonly tokens: number;
  /** When the last of these sessions expires unless it is refreshed, in milliseconds since the Unix epoch. */
  readonly tokensExpireAt: number | undefined;
}

/** The result of a key rotation, and the old keys that are still needed. */
export interface KeyRotationReport extends RotationProgress {
  readonly currentKeyId: string;
  /** The number of records that no key of the ring decrypts: altered, or encrypted with a missing key. */
  readonly unreadable: number;
  /** The old keys of the ring, and any other keys that sessions still need. */
  readonly others: readonly RemainingUse[];
  /**
   * The number of records that were encrypted with an old key after the first scan. If it is not 0, the new key is not yet
   * at the front of some instance's keys.
   */
  readonly encryptedMeanwhile: number;
}
